package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.transport.grpc.v1.Empty;
import io.sysmonstm.transport.grpc.v1.EnrolmentServiceGrpc;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;
import io.sysmonstm.transport.grpc.v1.RenewRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a machine may speak for, and for how long: over real sockets. */
class MachineAccessTest {
  @TempDir private Path directory;

  private TlsServer server;

  @BeforeEach
  void listen() {
    server = new TlsServer(directory);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  @DisplayName("4: a collector that names another machine is refused, and the try is in the audit")
  void refusesAnotherMachine() {
    var channel = server.channel(server.enrol("m1"));
    var stream = TlsServer.ingest(channel);
    stream.send(Outsider.request(Outsider.hello("m2")));
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(server.ingest.hellos()).isEmpty();
    Eventually.until("in the audit", () -> server.audited().contains("identity_refused"));
    assertThat(server.store.audit().getFirst().by()).isEqualTo("machine m1");
    assertThat(server.store.audit().getFirst().subject()).isEqualTo("m2");
  }

  @Test
  @DisplayName(
      "4: also in a second hello of the same stream, and in the next stream of the connection")
  void refusesAnotherMachineLater() {
    var channel = server.channel(server.enrol("m1"));
    var stream = TlsServer.ingest(channel);
    stream.send(Outsider.request(Outsider.hello("m1")));
    stream.awaitAnswers(1);
    stream.send(Outsider.request(Outsider.hello("m2")));
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    var next = TlsServer.ingest(channel);
    next.send(Outsider.request(Outsider.hello("m2")));
    assertThat(next.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(server.ingest.hellos()).extracting(Hello::machineId).containsExactly("m1");
    Eventually.until(
        "both in the audit",
        () -> server.audited().stream().filter("identity_refused"::equals).count() == 2);
  }

  @Test
  @DisplayName(
      "4: another machine in the second batch of single metrics ends the stream, stores nothing")
  void refusesAnotherMachineInTheSecondBatch() {
    var stream = TlsServer.metrics(server.channel(server.enrol("m1")));
    stream.send(TlsServer.metric("m1"));
    Eventually.until("taken", () -> server.ingest.sessions().size() == 1);
    stream.send(TlsServer.metric("m2"));
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(server.ingest.sessions()).hasSize(1);
    Eventually.until("in the audit", () -> server.audited().contains("identity_refused"));
  }

  @Test
  @DisplayName("2: nothing but the health check and enrolment is open to who shows no credential")
  void refusesWhoShowsNothing() {
    var channel = server.channel(server.nobody());
    var stream = TlsServer.ingest(channel);
    stream.send(Outsider.request(Outsider.hello("m1")));
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(TlsServer.metrics(channel).awaitEnd().getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    var states =
        TlsServer.open(channel, MetricsServiceGrpc.getGetAllStatesMethod(), new Metadata());
    states.send(Empty.getDefaultInstance());
    states.halfClose();
    assertThat(states.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    var renewal = TlsServer.open(channel, EnrolmentServiceGrpc.getRenewMethod(), new Metadata());
    renewal.send(RenewRequest.getDefaultInstance());
    renewal.halfClose();
    assertThat(renewal.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()))
        .isNotNull();
    assertThat(server.ingest.hellos()).isEmpty();
  }

  @Test
  @DisplayName("5: a revocation cuts open streams, and the machine does not come back by it")
  void revocationCutsOpenStreams() {
    var channel = server.channel(server.enrol("m1"));
    var other = server.channel(server.enrol("m2"));
    var native1 = TlsServer.ingest(channel);
    native1.send(Outsider.request(Outsider.hello("m1")));
    native1.awaitAnswers(1);
    var single = TlsServer.metrics(channel);
    single.send(TlsServer.metric("m1"));
    var bystander = TlsServer.ingest(other);
    bystander.send(Outsider.request(Outsider.hello("m2")));
    bystander.awaitAnswers(1);
    server.revoke("m1");
    assertThat(native1.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(single.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    var again = TlsServer.ingest(channel);
    again.send(Outsider.request(Outsider.hello("m1")));
    assertThat(again.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    bystander.send(Outsider.request(Outsider.batch(1)));
    bystander.awaitAnswers(2);
  }

  @Test
  @DisplayName("7: a credential has four connections, the fifth is refused until one ends")
  void boundsTheConnectionsOfACredential() {
    var material = server.enrol("m1");
    var open = new ArrayList<ManagedChannel>();
    for (int i = 0; i < CredentialConnections.MOST; i++) {
      var channel = server.channel(material);
      open.add(channel);
      var stream = TlsServer.ingest(channel);
      stream.send(Outsider.request(Outsider.hello("m1")));
      stream.awaitAnswers(1);
    }
    var fifth = server.channel(material);
    var refused = TlsServer.ingest(fifth);
    assertThat(refused.awaitEnd().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.trailers().get(Overload.RETRY_AFTER)).isEqualTo("15000");
    open.getFirst().shutdownNow();
    Eventually.until(
        "room",
        () -> {
          var stream = TlsServer.ingest(fifth);
          stream.send(Outsider.request(Outsider.hello("m1")));
          Eventually.until("told", () -> stream.ended() || !stream.answers().isEmpty());
          return !stream.ended();
        });
  }
}
