package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.identity.CertificateAuthority;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.RecordingListener;
import io.sysmonstm.tls.CertificatePin;
import io.sysmonstm.tls.CertificateRequest;
import io.sysmonstm.tls.Invitation;
import io.sysmonstm.tls.MachineTokens;
import io.sysmonstm.tls.TlsMaterial;
import io.sysmonstm.transport.grpc.v1.Empty;
import io.sysmonstm.transport.grpc.v1.EnrolRequest;
import io.sysmonstm.transport.grpc.v1.EnrolmentServiceGrpc;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import io.sysmonstm.transport.grpc.v1.Metric;
import io.sysmonstm.transport.grpc.v1.MetricType;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;
import io.sysmonstm.transport.grpc.v1.RenewRequest;
import io.sysmonstm.transport.grpc.v1.StreamAck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who comes in, whom they may speak for, and for how long: over real sockets. */
class MachineAccessTest {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir private Path directory;

  private final SeriesRegistry series = new SeriesRegistry();
  private TlsServer server;

  @BeforeEach
  void listen() {
    server = new TlsServer(directory);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static Hello hello(String machineId) {
    return new Hello(
        machineId,
        BatchBuilder.EPOCH,
        new UUID(9, 9),
        Resource.builder("host").build(),
        Instant.now(),
        0,
        Duration.ofSeconds(5));
  }

  private void assertDelivers(GrpcMetricSender.Builder builder) {
    var listener = new RecordingListener();
    try (var sender = builder.build()) {
      var stream = sender.open(hello("m1"), listener);
      listener.awaitWelcome();
      stream.send(
          new BatchBuilder(series, "m1", 1, Instant.now()).sample("cpu_percent", 50).build());
      listener.awaitAcks(1);
    }
  }

  private String assertRefused(ErrorCode code, String machineId, GrpcMetricSender.Builder builder) {
    var listener = new RecordingListener();
    try (var sender = builder.build()) {
      var _ = sender.open(hello(machineId), listener);
      assertThat(listener.awaitEnd()).contains(code);
      assertThat(server.ingest.hellos()).isEmpty();
      return listener.cause().orElseThrow().getMessage();
    }
  }

  private static Outsider.RawStream<IngestRequest, IngestResponse> ingest(ManagedChannel channel) {
    return TlsServer.open(channel, IngestServiceGrpc.getIngestMethod(), new Metadata());
  }

  private static Outsider.RawStream<Metric, StreamAck> metrics(
      ManagedChannel channel, String... bearer) {
    var headers = new Metadata();
    for (var token : bearer) {
      headers.put(AUTHORIZATION, "Bearer " + token);
    }
    return TlsServer.open(channel, MetricsServiceGrpc.getStreamMetricsMethod(), headers);
  }

  private static Metric metric(String machineId) {
    return Metric.newBuilder()
        .setMachineId(machineId)
        .setHostname("host")
        .setTimestampMs(1_767_225_600_000L)
        .setType(MetricType.CPU_PERCENT)
        .setValue(1)
        .build();
  }

  @Test
  @DisplayName("3: a new machine comes in by one token, and by what it kept after a restart")
  void comesInOnceAndStaysIn() throws Exception {
    var invitation = Optional.of(server.invite());
    assertDelivers(server.sender(directory, invitation));
    var kept = directory.resolve("identity").resolve("machine.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept.getParent())))
        .isEqualTo("rwx------");
    var first = Files.readString(kept);
    assertThat(first).doesNotContain(invitation.orElseThrow().token().secret());
    assertDelivers(server.sender(directory, invitation));
    assertDelivers(server.sender(directory, Optional.empty()));
    assertThat(Files.readString(kept)).isEqualTo(first);
    assertThat(server.store.credentials()).hasSize(1);
  }

  @Test
  @DisplayName("3: a used, an expired and no token let nobody in, and nothing is kept")
  void refusesTokens() {
    var used = server.invite();
    server.authority.enrol(
        used.token().text(),
        CertificateRequest.encode("m1", CertificateRequest.newKeys()),
        "elsewhere");
    var other = directory.resolve("other");
    assertThat(
            assertRefused(ErrorCode.UNAUTHENTICATED, "m2", server.sender(other, Optional.of(used))))
        .contains("unknown, used or expired", "sysmonstm token create");
    var expired =
        Invitation.create(
            server.store, TlsServer.ADMIN, Duration.ofMillis(1), Instant.now().minusSeconds(1));
    assertRefused(ErrorCode.UNAUTHENTICATED, "m2", server.sender(other, Optional.of(expired)));
    assertThat(
            assertRefused(ErrorCode.UNAUTHENTICATED, "m2", server.sender(other, Optional.empty())))
        .contains("COLLECTOR_ENROLMENT_TOKEN");
    assertThat(other).doesNotExist();
  }

  @Test
  @DisplayName("2: a new machine that finds another authority than that of its pin keeps its token")
  void refusesAnotherAuthority() {
    var invitation = server.invite();
    var forged =
        new Invitation(
            invitation.token(),
            CertificatePin.of(CertificateAuthority.create(Instant.now()).trusted().getFirst()),
            invitation.expiresAt());
    assertThat(
            assertRefused(
                ErrorCode.UNAVAILABLE, "m1", server.sender(directory, Optional.of(forged))))
        .contains("not trusted");
    assertThat(server.store.enrolmentTokens()).allMatch(token -> token.usedAt().isEmpty());
    assertDelivers(server.sender(directory, Optional.of(invitation)));
  }

  @Test
  @DisplayName("4: a collector that names another machine is refused, and the try is in the audit")
  void refusesAnotherMachine() {
    var channel = server.channel(server.enrol("m1"));
    var stream = ingest(channel);
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
    var stream = ingest(channel);
    stream.send(Outsider.request(Outsider.hello("m1")));
    stream.awaitAnswers(1);
    stream.send(Outsider.request(Outsider.hello("m2")));
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    var next = ingest(channel);
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
    var stream = metrics(server.channel(server.enrol("m1")));
    stream.send(metric("m1"));
    Eventually.until("taken", () -> server.ingest.sessions().size() == 1);
    stream.send(metric("m2"));
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(server.ingest.sessions()).hasSize(1);
    Eventually.until("in the audit", () -> server.audited().contains("identity_refused"));
  }

  @Test
  @DisplayName("2: nothing but the health check and enrolment is open to who shows no credential")
  void refusesWhoShowsNothing() {
    var channel = server.channel(server.nobody());
    var stream = ingest(channel);
    stream.send(Outsider.request(Outsider.hello("m1")));
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(metrics(channel).awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
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
  @DisplayName("3: a machine's bearer token speaks for that machine, and gets no certificate")
  void bearerTokensOfMachines() {
    var token =
        MachineTokens.create(server.store, TlsServer.ADMIN, "m1", Duration.ofDays(1), Instant.now())
            .text();
    var channel = server.channel(server.nobody());
    var stream = metrics(channel, token);
    stream.send(metric("m1"));
    stream.halfClose();
    assertThat(stream.awaitEnd().isOk()).isTrue();
    var foreign = metrics(channel, token);
    foreign.send(metric("m2"));
    assertThat(foreign.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    for (var wrong : List.of("", "x", server.invite().token().text(), token + "0")) {
      assertThat(metrics(channel, wrong).awaitEnd().getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
    }
    var headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    var renewal = TlsServer.open(channel, EnrolmentServiceGrpc.getRenewMethod(), headers);
    renewal.send(RenewRequest.getDefaultInstance());
    renewal.halfClose();
    assertThat(renewal.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  @DisplayName("5: a revocation cuts open streams, and the machine does not come back by it")
  void revocationCutsOpenStreams() {
    var channel = server.channel(server.enrol("m1"));
    var other = server.channel(server.enrol("m2"));
    var native1 = ingest(channel);
    native1.send(Outsider.request(Outsider.hello("m1")));
    native1.awaitAnswers(1);
    var single = metrics(channel);
    single.send(metric("m1"));
    var bystander = ingest(other);
    bystander.send(Outsider.request(Outsider.hello("m2")));
    bystander.awaitAnswers(1);
    server.revoke("m1");
    assertThat(native1.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(single.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    var again = ingest(channel);
    again.send(Outsider.request(Outsider.hello("m1")));
    assertThat(again.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    bystander.send(Outsider.request(Outsider.batch(1)));
    bystander.awaitAnswers(2);
  }

  @Test
  @DisplayName("5: a machine that was revoked comes back by a new token only")
  void comesBackByANewToken() {
    var first = server.invite();
    assertDelivers(server.sender(directory, Optional.of(first)));
    server.revoke("m1");
    try (var sender = server.sender(directory, Optional.of(first)).build()) {
      Eventually.until(
          "refused",
          Duration.ofSeconds(15),
          () -> {
            var tried = new RecordingListener();
            var stream = sender.open(hello("m1"), tried);
            Eventually.until("told", () -> tried.welcomes() + tried.ends() > 0);
            stream.cancel();
            return tried.welcomes() == 0;
          });
    }
    assertDelivers(server.sender(directory, Optional.of(server.invite())));
    assertThat(server.store.credentials()).hasSize(2);
  }

  @Test
  @DisplayName("2: certificates of another authority, self-signed and expired ones are refused")
  void refusesForeignCertificates() {
    var now = Instant.now();
    var foreign = CertificateAuthority.create(now);
    var trusting = server.trust();
    for (var material :
        List.of(
            TlsServer.issuedBy(foreign, "m1", now, Duration.ofDays(1)),
            TlsServer.issuedBy(foreign, "m1", now.minusSeconds(7_200), Duration.ofHours(1)))) {
      var stream = ingest(server.channel(new TlsMaterial(material.identity(), trusting)));
      stream.send(Outsider.request(Outsider.hello("m1")));
      assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    var sameKey = CertificateAuthority.open(directory.resolve("authority"), now);
    var expired = TlsServer.issuedBy(sameKey, "m1", now.minusSeconds(7_200), Duration.ofHours(1));
    var stream = ingest(server.channel(new TlsMaterial(expired.identity(), trusting)));
    stream.send(Outsider.request(Outsider.hello("m1")));
    assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    var neverIssued = TlsServer.issuedBy(sameKey, "m1", now, Duration.ofDays(1));
    var unknown = ingest(server.channel(new TlsMaterial(neverIssued.identity(), trusting)));
    unknown.send(Outsider.request(Outsider.hello("m1")));
    assertThat(unknown.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(server.ingest.hellos()).isEmpty();
  }

  @Test
  @DisplayName("2: a client refuses a server of another authority, and plain text is refused")
  void clientsRefuseToo() {
    var foreign = CertificateAuthority.create(Instant.now()).trusted();
    var wrong = ingest(server.channel(new TlsMaterial(Optional.empty(), foreign)));
    wrong.send(Outsider.request(Outsider.hello("m1")));
    assertThat(wrong.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    var plain = ingest(server.channel(InsecureChannelCredentials.create()));
    plain.send(Outsider.request(Outsider.hello("m1")));
    assertThat(plain.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(server.ingest.hellos()).isEmpty();
  }

  @Test
  @DisplayName(
      "2: a server whose name is not in its certificate, and one that speaks plain text, are refused")
  void refusesAServerOfAnotherName() {
    var invitation = server.invite();
    server.close();
    server = new TlsServer(directory, builder -> builder.names(List.of("elsewhere.example")));
    assertThat(
            assertRefused(
                ErrorCode.UNAVAILABLE, "m1", server.sender(directory, Optional.of(invitation))))
        .contains("another host name");
    try (var plain = new Outsider()) {
      var listener = new RecordingListener();
      try (var sender =
          GrpcMetricSender.builder("https://localhost:" + plain.address.getPort()).build()) {
        var _ = sender.open(hello("m1"), listener);
        assertThat(listener.awaitEnd()).contains(ErrorCode.UNAVAILABLE);
        assertThat(plain.ingest.hellos()).isEmpty();
      }
    }
  }

  @Test
  @DisplayName("7: a credential has four connections, the fifth is refused until one ends")
  void boundsTheConnectionsOfACredential() {
    var material = server.enrol("m1");
    var open = new ArrayList<ManagedChannel>();
    for (int i = 0; i < CredentialConnections.MOST; i++) {
      var channel = server.channel(material);
      open.add(channel);
      var stream = ingest(channel);
      stream.send(Outsider.request(Outsider.hello("m1")));
      stream.awaitAnswers(1);
    }
    var fifth = server.channel(material);
    var refused = ingest(fifth);
    assertThat(refused.awaitEnd().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.trailers().get(Overload.RETRY_AFTER)).isEqualTo("15000");
    open.getFirst().shutdownNow();
    Eventually.until(
        "room",
        () -> {
          var stream = ingest(fifth);
          stream.send(Outsider.request(Outsider.hello("m1")));
          Eventually.until("told", () -> stream.ended() || !stream.answers().isEmpty());
          return !stream.ended();
        });
  }

  @Test
  @DisplayName("7: tries to enrol are limited for each address, and services cannot be listed")
  void limitsTheTriesToEnrol() {
    var channel = server.channel(server.nobody());
    var stub = EnrolmentServiceGrpc.newBlockingStub(channel);
    var codes = new ArrayList<Status.Code>();
    for (int i = 0; i < 11; i++) {
      try {
        var _ = stub.enrol(EnrolRequest.newBuilder().setToken("wrong").build());
      } catch (StatusRuntimeException refused) {
        codes.add(refused.getStatus().getCode());
      }
    }
    assertThat(codes).hasSize(11).startsWith(Status.Code.UNAUTHENTICATED);
    assertThat(codes.getLast()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    var reflection =
        TlsServer.open(
            channel,
            IngestServiceGrpc.getIngestMethod().toBuilder()
                .setFullMethodName("grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
                .build(),
            new Metadata());
    assertThat(reflection.awaitEnd().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  @DisplayName("3: a certificate is renewed at two thirds of its life, without a restart")
  void renewsItsCertificate() throws Exception {
    server.close();
    server = new TlsServer(directory, builder -> builder.validity(Duration.ofSeconds(9)));
    var listener = new RecordingListener();
    try (var sender = server.sender(directory, Optional.of(server.invite())).build()) {
      var stream = sender.open(hello("m1"), listener);
      listener.awaitWelcome();
      var kept = directory.resolve("identity").resolve("machine.pem");
      var first = Files.readString(kept);
      Eventually.until(
          "renewed", Duration.ofSeconds(15), () -> !Files.readString(kept).equals(first));
      assertThat(server.audited()).contains("machine_renewed");
      stream.send(
          new BatchBuilder(series, "m1", 1, Instant.now()).sample("cpu_percent", 50).build());
      listener.awaitAcks(1);
      var next = new RecordingListener();
      var _ = sender.open(hello("m1"), next);
      next.awaitWelcome();
    }
  }
}
