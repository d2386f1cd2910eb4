package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.identity.CertificateAuthority;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.FixedCurrentStore;
import io.sysmonstm.testkit.LocalhostCertificate;
import io.sysmonstm.testkit.OldTls;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.testkit.RecordingListener;
import io.sysmonstm.tls.CertificatePin;
import io.sysmonstm.tls.Certificates;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.PrivateFiles;
import io.sysmonstm.tls.TlsFileWatch;
import io.sysmonstm.tls.TlsFiles;
import io.sysmonstm.tls.TlsIdentity;
import io.sysmonstm.tls.TlsMaterial;
import io.sysmonstm.tls.TokenText;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates that are none of those to be expected, shown to each end over real sockets. */
class RefusedCertificatesTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir private Path directory;

  private final Instant now = Instant.now();
  private final CertificateAuthority authority = CertificateAuthority.create(now);
  private final RecordingIngest ingest = new RecordingIngest();

  /** What a server shows. */
  enum Server {
    GOOD(""),
    EXPIRED("its certificate has expired"),
    NOT_YET_VALID("its certificate is not valid yet"),
    SELF_SIGNED("its certificate is signed by nobody who is trusted here"),
    OF_ANOTHER_AUTHORITY("its certificate is signed by nobody who is trusted here"),
    OF_ANOTHER_NAME("its certificate is for another host name"),
    /** A machine whose id is the name of the server has a certificate of the right authority. */
    OF_A_MACHINE("its certificate is not one of a server");

    private final String problem;

    Server(String problem) {
      this.problem = problem;
    }
  }

  private TlsIdentity server(Server shown) {
    var names = List.of("localhost");
    return switch (shown) {
      case GOOD -> authority.server(names, now, HOUR);
      case EXPIRED -> authority.server(names, now.minus(HOUR.multipliedBy(2)), HOUR);
      case NOT_YET_VALID -> authority.server(names, now.plus(Duration.ofDays(1)), HOUR);
      case SELF_SIGNED -> selfSigned();
      case OF_ANOTHER_AUTHORITY -> CertificateAuthority.create(now).server(names, now, HOUR);
      case OF_ANOTHER_NAME -> authority.server(List.of("elsewhere.example"), now, HOUR);
      case OF_A_MACHINE -> machine(authority, now);
    };
  }

  private static TlsIdentity machine(CertificateAuthority by, Instant at) {
    var machine = TlsServer.issuedBy(by, "localhost", at, HOUR).identity().orElseThrow();
    return new TlsIdentity(machine.key(), List.of(machine.certificate(), by.trusted().getFirst()));
  }

  private TlsIdentity selfSigned() {
    var made = LocalhostCertificate.create(directory);
    var password = LocalhostCertificate.PASSWORD.toCharArray();
    try {
      var store = KeyStore.getInstance(made.file().toFile(), password);
      var alias = store.aliases().nextElement();
      return new TlsIdentity(
          (PrivateKey) store.getKey(alias, password),
          List.of((X509Certificate) store.getCertificate(alias)));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static GrpcIngestServer showing(TlsIdentity identity) {
    var tls = new CurrentTls(new TlsMaterial(Optional.of(identity), List.of()));
    return GrpcIngestServer.builder("127.0.0.1:0")
        .credentials(Tls.server(tls.keyManager(), Optional.empty()))
        .build();
  }

  /** What a sender is told when it is not welcomed. */
  private static Optional<SysmonstmException> refusal(GrpcMetricSender.Builder builder) {
    var listener = new RecordingListener();
    try (var sender = builder.build()) {
      var stream = sender.open(TlsServer.hello("m1"), listener);
      Eventually.until("welcome, or the end", () -> listener.welcomes() + listener.ends() > 0);
      if (listener.ends() == 0) {
        stream.cancel();
        return Optional.empty();
      }
      assertThat(listener.awaitEnd()).contains(ErrorCode.UNAVAILABLE);
      return listener.cause();
    }
  }

  private GrpcMetricSender.Builder trusting(int port) {
    return GrpcMetricSender.builder("https://localhost:" + port)
        .credentials(
            Tls.client(new CurrentTls(new TlsMaterial(Optional.empty(), authority.trusted()))));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("2: collectors and the probe of gateways refuse each certificate that is not good")
  void clientsRefuse(Server shown) {
    boolean good = shown == Server.GOOD;
    try (var server = showing(server(shown))) {
      int port = server.start(ingest, new FixedCurrentStore()).getPort();

      var refusal = refusal(trusting(port));
      assertThat(refusal.isEmpty()).isEqualTo(good);
      refusal.ifPresent(told -> assertThat(told).hasMessageContaining(shown.problem));
      assertThat(ingest.hellos()).hasSize(good ? 1 : 0);

      try (var probe =
          GrpcHealthProbe.builder("https://localhost:" + port)
              .trust(authority::trusted)
              .deadline(Duration.ofSeconds(10))
              .build()) {
        assertThat(probe.get())
            .isEqualTo(good ? Health.ok() : Health.failing("it cannot be reached"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GOOD")
  @DisplayName("2: a new machine gives its token to none of them, though the pin is right")
  void newMachinesRefuse(Server shown) {
    try (var server = showing(server(shown))) {
      int port = server.start(ingest, new FixedCurrentStore()).getPort();
      var enrolment =
          new MachineCertificate.Enrolment(
              Optional.of(TokenText.create(TokenText.Kind.ENROLMENT)),
              Optional.of(CertificatePin.of(authority.trusted().getFirst())),
              List.of());

      // A server that was believed would say that it does not know the call: UNIMPLEMENTED.
      assertThat(
              refusal(
                  GrpcMetricSender.builder("https://localhost:" + port)
                      .enrolment(enrolment, directory.resolve("identity"))))
          .isPresent();
      assertThat(directory.resolve("identity")).doesNotExist();
    }
  }

  /** What a machine shows. */
  enum Machine {
    GOOD,
    EXPIRED,
    NOT_YET_VALID,
    SELF_SIGNED,
    OF_ANOTHER_AUTHORITY,
    OF_A_SERVER
  }

  private TlsIdentity machine(Machine shown, CertificateAuthority by) {
    return switch (shown) {
      case GOOD -> machine(by, now);
      case EXPIRED -> machine(by, now.minus(HOUR.multipliedBy(2)));
      case NOT_YET_VALID -> machine(by, now.plus(Duration.ofDays(1)));
      case SELF_SIGNED -> selfSigned();
      case OF_ANOTHER_AUTHORITY -> machine(CertificateAuthority.create(now), now);
      case OF_A_SERVER -> by.server(List.of("localhost"), now, HOUR);
    };
  }

  private static Status.Code tryIn(int port, TlsIdentity identity, List<X509Certificate> trust) {
    var channel =
        NettyChannelBuilder.forAddress(
                "localhost",
                port,
                Tls.client(new CurrentTls(new TlsMaterial(Optional.of(identity), trust))))
            .build();
    try {
      var stream = TlsServer.open(channel, IngestServiceGrpc.getIngestMethod(), new Metadata());
      stream.send(Outsider.request(Outsider.hello("localhost")));
      Eventually.until(
          "an answer, or the end", () -> stream.ended() || !stream.answers().isEmpty());
      return stream.ended() ? stream.awaitEnd().getCode() : Status.Code.OK;
    } finally {
      channel.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("2: a server with an authority in a file refuses each certificate that is not good")
  void serversRefuse(Machine shown) throws Exception {
    try (var server = GrpcIngestServer.builder("127.0.0.1:0").tls(files()).build()) {
      int port = server.start(ingest, new FixedCurrentStore()).getPort();

      assertThat(tryIn(port, machine(shown, authority), authority.trusted()))
          .isEqualTo(shown == Machine.GOOD ? Status.Code.OK : Status.Code.UNAVAILABLE);
      assertThat(ingest.hellos()).hasSize(shown == Machine.GOOD ? 1 : 0);
    }
  }

  private TlsFileWatch files() throws IOException {
    var identity = server(Server.GOOD);
    PrivateFiles.write(directory.resolve("server.pem"), Certificates.toPem(identity.chain()));
    PrivateFiles.write(directory.resolve("key.pem"), identity.keyPem());
    PrivateFiles.write(directory.resolve("trust.pem"), Certificates.toPem(authority.trusted()));
    return TlsFileWatch.open(
        "test",
        new TlsFiles(
            Optional.of(directory.resolve("server.pem")),
            Optional.of(directory.resolve("key.pem")),
            Optional.of(directory.resolve("trust.pem"))),
        TimeSource.system(),
        new SelfMetrics());
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("2: an aggregator that enrols refuses them, and a good one that it never issued")
  void aggregatorsRefuse(Machine shown) {
    try (var server = new TlsServer(directory)) {
      var same = CertificateAuthority.open(directory.resolve("authority"), now);

      assertThat(tryIn(server.port, machine(shown, same), server.trust()))
          .isEqualTo(shown == Machine.GOOD ? Status.Code.UNAUTHENTICATED : Status.Code.UNAVAILABLE);
      assertThat(server.ingest.hellos()).isEmpty();
    }
  }

  @Test
  @DisplayName("2: plain text is refused by a server, and a server that speaks it by a collector")
  void plainTextIsRefused() {
    try (var server = new TlsServer(directory)) {
      var plain = server.channel(InsecureChannelCredentials.create());
      var stream = TlsServer.ingest(plain);
      stream.send(Outsider.request(Outsider.hello("m1")));
      assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(server.ingest.hellos()).isEmpty();
    }
    try (var plain = new Outsider()) {
      assertThat(refusal(trusting(plain.address.getPort()))).isPresent();
      assertThat(plain.ingest.hellos()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {OldTls.TLS_1_0, OldTls.TLS_1_1})
  @DisplayName("2: a TLS before 1.2 is refused")
  void oldVersionsAreRefused(int version) {
    try (var server = new TlsServer(directory)) {
      assertThat(
              OldTls.alert(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), version))
          .contains(OldTls.PROTOCOL_VERSION);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  @DisplayName("2: TLS 1.3 and 1.2 are spoken")
  void newVersionsAreSpoken(String version) throws Exception {
    try (var server = new TlsServer(directory)) {
      var tls = new CurrentTls(server.nobody());
      try (var socket =
          (SSLSocket)
              tls.context()
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), server.port)) {
        socket.setSoTimeout(Math.toIntExact(TimeUnit.SECONDS.toMillis(10)));
        socket.setEnabledProtocols(new String[] {version});
        var parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        assertThat(socket.getSession().getProtocol()).isEqualTo(version);
        assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
      }
    }
  }
}
