package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ChannelCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A TLS session that is resumed proves what its first handshake proved, and no more. */
class ResumedSessionTest {
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

  /** Begins a stream on a connection of its own. */
  private Outsider.RawStream<IngestRequest, IngestResponse> connect(
      ChannelCredentials credentials, String machineId) {
    var stream =
        TlsServer.open(
            server.channel(credentials), IngestServiceGrpc.getIngestMethod(), new Metadata());
    stream.send(Outsider.request(Outsider.hello(machineId)));
    return stream;
  }

  @Test
  @DisplayName("5: a session from before a revocation lets nobody in after it")
  void doesNotOutliveARevocation() {
    var credentials = Tls.client(new CurrentTls(server.enrol("m1")));
    connect(credentials, "m1").awaitAnswers(1);
    connect(credentials, "m1").awaitAnswers(1);
    server.revoke("m1");
    Eventually.until(
        "refused",
        () -> {
          var stream = connect(credentials, "m1");
          Eventually.until("told", () -> stream.ended() || !stream.answers().isEmpty());
          return stream.ended() && stream.awaitEnd().getCode() == Status.Code.UNAUTHENTICATED;
        });
    assertThat(connect(credentials, "m1").awaitEnd().getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  @DisplayName("3: a connection after a change of the certificate shows the new one")
  void showsTheNewCertificate() {
    var current = new CurrentTls(server.enrol("m1"));
    var credentials = Tls.client(current);
    connect(credentials, "m1").awaitAnswers(1);
    var first = server.store.credentials().getFirst().id();
    current.use(server.enrol("m1"));
    var second =
        server.store.credentials().stream()
            .map(MachineCredential::id)
            .filter(id -> !id.equals(first))
            .findFirst()
            .orElseThrow();
    // What is refused tells by which credential it came.
    assertThat(connect(credentials, "m2").awaitEnd().getCode())
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    Eventually.until("in the audit", () -> server.audited().contains("identity_refused"));
    assertThat(server.store.audit())
        .filteredOn(entry -> entry.action().equals("identity_refused"))
        .extracting(AuditEntry::detail)
        .containsExactly("credential " + second);
  }
}
