package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.identity.CertificateAuthority;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.FixedCurrentStore;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.testkit.RecordingListener;
import io.sysmonstm.tls.Certificates;
import io.sysmonstm.tls.PrivateFiles;
import io.sysmonstm.tls.TlsFileWatch;
import io.sysmonstm.tls.TlsFiles;
import io.sysmonstm.tls.TlsIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends by mutual TLS from files, which are replaced while batches flow. */
class CertificateRollTest {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path directory;

  private final SeriesRegistry series = new SeriesRegistry();
  private final RecordingIngest ingest = new RecordingIngest();
  private final CertificateAuthority old = CertificateAuthority.create(Instant.now());
  private final CertificateAuthority next = CertificateAuthority.create(Instant.now());
  private long seq;

  private Path file(String name) {
    return directory.resolve(name + ".pem");
  }

  private void write(String owner, TlsIdentity identity) throws IOException {
    PrivateFiles.write(file(owner), Certificates.toPem(identity.chain()));
    PrivateFiles.write(file(owner + "-key"), identity.keyPem());
  }

  private void write(String owner, List<X509Certificate> trust) throws IOException {
    PrivateFiles.write(file(owner + "-trust"), Certificates.toPem(trust));
  }

  private TlsFileWatch watch(String owner) {
    return TlsFileWatch.open(
        owner,
        new TlsFiles(
            Optional.of(file(owner)),
            Optional.of(file(owner + "-key")),
            Optional.of(file(owner + "-trust"))),
        TimeSource.system(),
        new SelfMetrics());
  }

  private static TlsIdentity server(CertificateAuthority by) {
    return by.server(List.of("localhost"), Instant.now(), DAY);
  }

  private static TlsIdentity machine(CertificateAuthority by) {
    return TlsServer.issuedBy(by, "m1", Instant.now(), DAY).identity().orElseThrow();
  }

  private static Hello hello() {
    return new Hello(
        "m1",
        BatchBuilder.EPOCH,
        new UUID(9, 9),
        Resource.builder("host").build(),
        Instant.now(),
        0,
        Duration.ofSeconds(5));
  }

  /** Sends ten batches, each on a stream of its own. */
  private void deliverTen(MetricSender sender) {
    for (int i = 0; i < 10; i++) {
      seq++;
      var listener = new RecordingListener();
      try (var stream = sender.open(hello(), listener)) {
        listener.awaitWelcome();
        stream.send(
            new BatchBuilder(series, "m1", seq, Instant.now()).sample("cpu_percent", 50).build());
        listener.awaitAcks(1);
      }
    }
  }

  @Test
  @DisplayName(
      "6: both ends change authority and certificates under load, and nothing is lost or sent twice")
  void rollsUnderLoad() throws Exception {
    write("server", server(old));
    write("machine", machine(old));
    write("server", old.trusted());
    write("machine", old.trusted());
    var both = Stream.concat(old.trusted().stream(), next.trusted().stream()).toList();
    var serverFiles = watch("server");
    var machineFiles = watch("machine");
    try (var server = GrpcIngestServer.builder("127.0.0.1:0").tls(serverFiles).build()) {
      int port = server.start(ingest, new FixedCurrentStore()).getPort();
      var lasting = new RecordingListener();
      try (var sender =
              GrpcMetricSender.builder("https://localhost:" + port).tls(watch("machine")).build();
          var long1 = sender.open(hello(), lasting)) {
        lasting.awaitWelcome();
        deliverBy(machineFiles, port);

        write("server", both);
        write("machine", both);
        roll(serverFiles, machineFiles);
        deliverBy(machineFiles, port);

        write("server", server(next));
        roll(serverFiles, machineFiles);
        deliverBy(machineFiles, port);

        write("machine", machine(next));
        roll(serverFiles, machineFiles);
        deliverBy(machineFiles, port);

        write("server", next.trusted());
        write("machine", next.trusted());
        roll(serverFiles, machineFiles);
        deliverBy(machineFiles, port);

        seq++;
        long1.send(
            new BatchBuilder(series, "m1", seq, Instant.now()).sample("cpu_percent", 50).build());
        lasting.awaitAcks(1);
        assertThat(lasting.ends()).as("the stream from before the roll goes on").isZero();
      }
    }
    var stored =
        ingest.sessions().stream()
            .flatMap(session -> session.batches().stream())
            .map(batch -> batch.seq())
            .sorted()
            .toList();
    assertThat(stored).hasSize(51).doesNotHaveDuplicates();
    assertThat(stored.getLast()).isEqualTo(51);
  }

  private static void roll(TlsFileWatch... watches) {
    for (var watch : watches) {
      watch.checkNow();
    }
  }

  // A sender of its own makes a new connection, and with it a handshake.
  private void deliverBy(TlsFileWatch files, int port) {
    try (var sender =
        GrpcMetricSender.builder("https://localhost:" + port)
            .credentials(Tls.client(files.tls()))
            .build()) {
      deliverTen(sender);
    }
  }
}
