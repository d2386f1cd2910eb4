package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.identity.CertificateAuthority;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.RecordingListener;
import io.sysmonstm.tls.CertificatePin;
import io.sysmonstm.tls.CertificateRequest;
import io.sysmonstm.tls.Invitation;
import io.sysmonstm.tls.MachineTokens;
import io.sysmonstm.transport.grpc.v1.EnrolRequest;
import io.sysmonstm.transport.grpc.v1.EnrolmentServiceGrpc;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import io.sysmonstm.transport.grpc.v1.RenewRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a machine comes in, and how often it may try: over real sockets. */
class MachineEnrolmentTest {
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

  @Test
  @DisplayName("3: a new machine comes in by one token, and by what it kept after a restart")
  void comesInOnceAndStaysIn() throws Exception {
    var invitation = Optional.of(server.invite());
    server.assertDelivers(server.sender(directory, invitation));
    var kept = directory.resolve("identity").resolve("machine.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept.getParent())))
        .isEqualTo("rwx------");
    var first = Files.readString(kept);
    assertThat(first).doesNotContain(invitation.orElseThrow().token().secret());
    server.assertDelivers(server.sender(directory, invitation));
    server.assertDelivers(server.sender(directory, Optional.empty()));
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
            server.assertRefused(
                ErrorCode.UNAUTHENTICATED, "m2", server.sender(other, Optional.of(used))))
        .contains("unknown, used or expired", "sysmonstm token create");
    var expired =
        Invitation.create(
            server.store, TlsServer.ADMIN, Duration.ofMillis(1), Instant.now().minusSeconds(1));
    server.assertRefused(
        ErrorCode.UNAUTHENTICATED, "m2", server.sender(other, Optional.of(expired)));
    assertThat(
            server.assertRefused(
                ErrorCode.UNAUTHENTICATED, "m2", server.sender(other, Optional.empty())))
        .contains("COLLECTOR_ENROLMENT_TOKEN");
    assertThat(other).doesNotExist();
  }

  @Test
  @DisplayName(
      "3: of many that bring one token at once, each by a connection of its own, one comes in")
  void oneOfManyComesInByAToken() throws Exception {
    var invitation = server.invite();
    int racers = 8;
    var together = new CyclicBarrier(racers);
    var tries = new ArrayList<Callable<Status.Code>>();
    for (int i = 0; i < racers; i++) {
      var request =
          EnrolRequest.newBuilder()
              .setToken(invitation.token().text())
              .setCertificateRequest(
                  ByteString.copyFrom(
                      CertificateRequest.encode("m" + i, CertificateRequest.newKeys())))
              .build();
      var channel = server.channel(server.nobody());
      var stub = EnrolmentServiceGrpc.newBlockingStub(channel);
      tries.add(
          () -> {
            together.await();
            try {
              var _ = stub.enrol(request);
              return Status.Code.OK;
            } catch (StatusRuntimeException refused) {
              return refused.getStatus().getCode();
            }
          });
    }
    var codes = new ArrayList<Status.Code>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var outcome : executor.invokeAll(tries)) {
        codes.add(outcome.get());
      }
    }
    assertThat(codes)
        .containsOnly(Status.Code.OK, Status.Code.UNAUTHENTICATED)
        .containsOnlyOnce(Status.Code.OK);
    assertThat(server.store.credentials()).hasSize(1);
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
            server.assertRefused(
                ErrorCode.UNAVAILABLE, "m1", server.sender(directory, Optional.of(forged))))
        .contains("not trusted");
    assertThat(server.store.enrolmentTokens()).allMatch(token -> token.usedAt().isEmpty());
    server.assertDelivers(server.sender(directory, Optional.of(invitation)));
  }

  @Test
  @DisplayName("3: a machine's bearer token speaks for that machine, and gets no certificate")
  void bearerTokensOfMachines() {
    var token =
        MachineTokens.create(server.store, TlsServer.ADMIN, "m1", Duration.ofDays(1), Instant.now())
            .text();
    var channel = server.channel(server.nobody());
    var stream = TlsServer.metrics(channel, token);
    stream.send(TlsServer.metric("m1"));
    stream.halfClose();
    assertThat(stream.awaitEnd().isOk()).isTrue();
    var foreign = TlsServer.metrics(channel, token);
    foreign.send(TlsServer.metric("m2"));
    assertThat(foreign.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    for (var wrong : List.of("", "x", server.invite().token().text(), token + "0")) {
      assertThat(TlsServer.metrics(channel, wrong).awaitEnd().getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
    }
    var headers = new Metadata();
    headers.put(TlsServer.AUTHORIZATION, "Bearer " + token);
    var renewal = TlsServer.open(channel, EnrolmentServiceGrpc.getRenewMethod(), headers);
    renewal.send(RenewRequest.getDefaultInstance());
    renewal.halfClose();
    assertThat(renewal.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  @DisplayName("5: a machine that was revoked comes back by a new token only")
  void comesBackByANewToken() {
    var first = server.invite();
    server.assertDelivers(server.sender(directory, Optional.of(first)));
    server.revoke("m1");
    try (var sender = server.sender(directory, Optional.of(first)).build()) {
      Eventually.until(
          "refused",
          Duration.ofSeconds(15),
          () -> {
            var tried = new RecordingListener();
            var stream = sender.open(TlsServer.hello("m1"), tried);
            Eventually.until("told", () -> tried.welcomes() + tried.ends() > 0);
            stream.cancel();
            return tried.welcomes() == 0;
          });
    }
    server.assertDelivers(server.sender(directory, Optional.of(server.invite())));
    assertThat(server.store.credentials()).hasSize(2);
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
      var stream = sender.open(TlsServer.hello("m1"), listener);
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
      var _ = sender.open(TlsServer.hello("m1"), next);
      next.awaitWelcome();
    }
  }
}
