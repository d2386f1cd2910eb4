package io.sysmonstm.transport.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.FixedCurrentStore;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.testkit.RecordingListener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends of the transport over TLS, on a real socket; keys are made by the JDK's keytool. */
class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private static Path directory;

  private static KeyStore server;
  private static KeyStore elsewhere;
  private static KeyStore collector;

  private final RecordingIngest ingest = new RecordingIngest();
  private final SeriesRegistry series = new SeriesRegistry();
  private final RecordingListener listener = new RecordingListener();
  private GrpcIngestServer listening;
  private int port;

  @BeforeAll
  static void makeKeys() throws Exception {
    server = keys("server", "san=dns:localhost");
    elsewhere = keys("elsewhere", "san=dns:elsewhere.example");
    collector = keys("collector", "san=dns:collector");
  }

  private static KeyStore keys(String name, String extension) throws Exception {
    var file = directory.resolve(name + ".p12");
    var tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var keytool =
        new ProcessBuilder(
                List.of(
                    tool,
                    "-genkeypair",
                    "-keyalg",
                    "EC",
                    "-alias",
                    name,
                    "-dname",
                    "CN=" + name,
                    "-ext",
                    extension,
                    "-keystore",
                    file.toString(),
                    "-storepass",
                    new String(PASSWORD)))
            .redirectErrorStream(true)
            .start();
    var said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    var store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private static KeyManagerFactory key(KeyStore of) throws GeneralSecurityException {
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(of, PASSWORD);
    return factory;
  }

  private static TrustManagerFactory trust(KeyStore in)
      throws GeneralSecurityException, IOException {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (var alias : Collections.list(in.aliases())) {
      trusted.setCertificateEntry(alias, in.getCertificate(alias));
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory;
  }

  private void listen(TlsServerCredentials.Builder credentials) {
    listening = GrpcIngestServer.builder("127.0.0.1:0").credentials(credentials.build()).build();
    port = listening.start(ingest, new FixedCurrentStore()).getPort();
  }

  @BeforeEach
  void listen() throws Exception {
    listen(TlsServerCredentials.newBuilder().keyManager(key(server).getKeyManagers()));
  }

  @AfterEach
  void stop() {
    listening.close();
  }

  private GrpcMetricSender.Builder sender() {
    return GrpcMetricSender.builder("https://localhost:" + port);
  }

  private static TlsChannelCredentials.Builder trusting(KeyStore store) throws Exception {
    return TlsChannelCredentials.newBuilder().trustManager(trust(store).getTrustManagers());
  }

  private void assertDelivers(GrpcMetricSender.Builder builder) {
    try (var sender = builder.build()) {
      var stream = sender.open(hello(), listener);
      listener.awaitWelcome();
      stream.send(
          new BatchBuilder(series, "m1", 1, Instant.now()).sample("cpu_percent", 50).build());
      assertThat(listener.awaitAcks(1).getFirst().durability()).isEqualTo(Ack.Durability.DURABLE);
    }
  }

  private void assertRefused(GrpcMetricSender.Builder builder) {
    try (var sender = builder.build()) {
      var _ = sender.open(hello(), listener);
      assertThat(listener.awaitEnd()).contains(ErrorCode.UNAVAILABLE);
      assertThat(ingest.hellos()).isEmpty();
    }
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

  @Test
  void deliversToAServerThatItTrusts() throws Exception {
    assertDelivers(sender().credentials(trusting(server).build()));
  }

  @Test
  void refusesAServerThatNobodyVouchesFor() throws Exception {
    assertRefused(sender().credentials(trusting(elsewhere).build()));
    assertThat(listener.cause().orElseThrow()).hasMessageContaining("stream of m1 to localhost");
  }

  @Test
  void refusesAServerThatItDoesNotKnowUnlessToldOtherwise() {
    assertRefused(sender());
  }

  @Test
  void refusesAServerOfAnotherName() throws Exception {
    listening.close();
    listen(TlsServerCredentials.newBuilder().keyManager(key(elsewhere).getKeyManagers()));
    assertRefused(sender().credentials(trusting(elsewhere).build()));
  }

  @Test
  void plainTextIsRefused() {
    assertRefused(GrpcMetricSender.builder("localhost:" + port));
  }

  @Test
  void aServerMayAskForACertificateOfItsClients() throws Exception {
    listening.close();
    listen(
        TlsServerCredentials.newBuilder()
            .keyManager(key(server).getKeyManagers())
            .trustManager(trust(collector).getTrustManagers())
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE));
    assertDelivers(
        sender().credentials(trusting(server).keyManager(key(collector).getKeyManagers()).build()));
  }

  @Test
  void aClientWithoutTheCertificateIsRefused() throws Exception {
    listening.close();
    listen(
        TlsServerCredentials.newBuilder()
            .keyManager(key(server).getKeyManagers())
            .trustManager(trust(collector).getTrustManagers())
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE));
    assertRefused(sender().credentials(trusting(server).build()));
  }
}
