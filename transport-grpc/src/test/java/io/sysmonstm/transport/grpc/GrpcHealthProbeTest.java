package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.identity.CertificateAuthority;
import io.sysmonstm.spi.Health;
import io.sysmonstm.testkit.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpcHealthProbeTest {
  private static final Duration MOMENT = Duration.ofMillis(300);

  private static GrpcHealthProbe probe(int port) {
    return GrpcHealthProbe.builder("127.0.0.1:" + port).build();
  }

  private static void awaitOk(GrpcHealthProbe probe) {
    Eventually.until("it serves", () -> probe.get().isOk());
  }

  @Test
  void tellsWhatTheServerSaysOfItself() {
    try (var server = new Outsider(builder -> builder.healthPeriod(Duration.ofMillis(10)));
        var probe = probe(server.address.getPort())) {
      awaitOk(probe);

      server.ingest.setReady(false);

      Eventually.until("it does not serve", () -> !probe.get().isOk());
      assertThat(probe.get()).isEqualTo(Health.failing("it runs, and cannot do its work now"));
    }
  }

  @Test
  void findsAServerThatCameBackAtOnce() throws IOException {
    int port;
    try (var server = new Outsider(builder -> builder.healthPeriod(Duration.ofMillis(10)))) {
      port = server.address.getPort();
    }
    try (var probe = probe(port)) {
      for (int i = 0; i < 5; i++) {
        assertThat(probe.get()).isEqualTo(Health.failing("it cannot be reached"));
      }
      Eventually.until("the channel knows of it", probe::isBackingOff);
      var server =
          Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create())
              .addService(new io.grpc.protobuf.services.HealthStatusManager().getHealthService())
              .build()
              .start();
      try {
        assertThat(probe.get()).isEqualTo(Health.ok());
      } finally {
        server.shutdownNow();
      }
    }
  }

  @Test
  void givesUpOnOneThatAcceptsAndSaysNothing() throws IOException {
    try (var mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var probe =
            GrpcHealthProbe.builder("127.0.0.1:" + mute.getLocalPort()).deadline(MOMENT).build()) {
      long start = System.nanoTime();
      assertThat(probe.get()).isEqualTo(Health.failing("no answer within 300 ms"));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }
  }

  @Test
  void doesNotTakePlainTextForTls() {
    try (var server = new Outsider(builder -> builder.healthPeriod(Duration.ofMillis(10)));
        var probe =
            GrpcHealthProbe.builder("https://127.0.0.1:" + server.address.getPort()).build()) {
      assertThat(probe.get().isOk()).isFalse();
    }
  }

  @Test
  void verifiesTheServerByTheAuthorityThatItIsTold(@TempDir Path directory) {
    var trust = new AtomicReference<List<X509Certificate>>(List.of());
    try (var server = new TlsServer(directory);
        var probe =
            GrpcHealthProbe.builder("https://localhost:" + server.port)
                .trust(trust::get)
                .deadline(Duration.ofSeconds(5))
                .build()) {
      assertThat(probe.get()).isEqualTo(Health.failing("it cannot be reached"));
      trust.set(CertificateAuthority.create(Instant.now()).trusted());
      assertThat(probe.get()).isEqualTo(Health.failing("it cannot be reached"));

      trust.set(server.trust());

      Eventually.until("it serves", () -> probe.get().isOk());
    }
  }

  @Test
  void afterItWasClosedItFailsAndDoesNotThrow() {
    var probe = probe(1);
    probe.close();

    assertThat(probe.get().isOk()).isFalse();
  }

  @Test
  void refusesWhatIsNoAddress() {
    assertThatThrownBy(() -> GrpcHealthProbe.builder("nowhere"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("nowhere");
  }
}
