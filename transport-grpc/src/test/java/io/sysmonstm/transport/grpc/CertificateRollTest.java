package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.sysmonstm.identity.CertificateAuthority;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.FixedCurrentStore;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.tls.Certificates;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.TlsFileWatch;
import io.sysmonstm.tls.TlsFiles;
import io.sysmonstm.tls.TlsIdentity;
import io.sysmonstm.tls.TlsMaterial;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends by mutual TLS from files, which are replaced while a hundred machines send. */
class CertificateRollTest {
  private static final int MACHINES = 100;
  private static final int HANDSHAKES_AT_ONCE = 10;
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path directory;

  private final RecordingIngest ingest = new RecordingIngest();
  private final CertificateAuthority old = CertificateAuthority.create(Instant.now());
  private final CertificateAuthority next = CertificateAuthority.create(Instant.now());
  private final List<RollingMachine> machines = new ArrayList<>();
  private GrpcIngestServer server;
  private TlsFileWatch files;
  private int port;
  private int stages;

  private Path file(String name) {
    return directory.resolve(name + ".pem");
  }

  private void show(TlsIdentity identity) throws IOException {
    Files.writeString(file("server"), Certificates.toPem(identity.chain()));
    Files.writeString(file("server-key"), identity.keyPem());
  }

  private void trust(List<X509Certificate> authorities) throws IOException {
    Files.writeString(file("machines-trust"), Certificates.toPem(authorities));
    Files.writeString(file("server-trust"), Certificates.toPem(authorities));
  }

  private static TlsIdentity server(CertificateAuthority by) {
    return by.server(List.of("localhost"), Instant.now(), DAY);
  }

  private static TlsIdentity machine(CertificateAuthority by, String id) {
    return TlsServer.issuedBy(by, id, Instant.now(), DAY).identity().orElseThrow();
  }

  @BeforeEach
  void start() throws Exception {
    show(server(old));
    trust(old.trusted());
    files =
        TlsFileWatch.open(
            "server",
            new TlsFiles(
                Optional.of(file("server")),
                Optional.of(file("server-key")),
                Optional.of(file("server-trust"))),
            TimeSource.system(),
            new SelfMetrics());
    server = GrpcIngestServer.builder("127.0.0.1:0").tls(files).build();
    port = server.start(ingest, new FixedCurrentStore()).getPort();
    for (int i = 0; i < MACHINES; i++) {
      var id = "m" + i;
      var machine =
          new RollingMachine(id, directory, machine(old, id), file("machines-trust"), port);
      machines.add(machine);
      machine.awaitWelcome();
    }
  }

  @AfterEach
  void stop() {
    machines.forEach(RollingMachine::close);
    server.close();
  }

  /** Lets each machine send on, and then a share of them, or all, come anew. */
  private void assertAllGoOn(String stage, int oneOf) throws Exception {
    var before = machines.stream().map(RollingMachine::acknowledged).toList();
    for (int i = 0; i < MACHINES; i++) {
      var machine = machines.get(i);
      long known = before.get(i);
      Eventually.until(
          machine.id + " sends on: " + stage, () -> machine.acknowledged() > known + 2);
    }
    var comingAnew = new ArrayList<Callable<Boolean>>();
    for (int i = stages++ % oneOf; i < MACHINES; i += oneOf) {
      var machine = machines.get(i);
      comingAnew.add(
          () -> {
            machine.deliverByANewConnection();
            return true;
          });
    }
    try (var executor = Executors.newFixedThreadPool(HANDSHAKES_AT_ONCE)) {
      for (var one : executor.invokeAll(comingAnew)) {
        assertThat(one.get()).as(stage).isTrue();
      }
    }
    assertThat(machines).as("streams from before: " + stage).allMatch(one -> one.ends() == 0);
  }

  private void roll() {
    files.checkNow();
    machines.forEach(machine -> machine.files.checkNow());
  }

  /** What the server shows in a new handshake. */
  private X509Certificate shown() throws Exception {
    var tls = new CurrentTls(new TlsMaterial(Optional.empty(), files.tls().material().trust()));
    try (var socket =
        (SSLSocket)
            tls.context().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private void assertShown(TlsIdentity identity) throws Exception {
    assertThat(shown()).isEqualTo(identity.certificate());
  }

  /** How somebody fares who shows a certificate and trusts authorities. */
  private Status.Code tryIn(TlsIdentity identity, List<X509Certificate> trusting) {
    var tls = new CurrentTls(new TlsMaterial(Optional.of(identity), trusting));
    var channel = NettyChannelBuilder.forAddress("localhost", port, Tls.client(tls)).build();
    try {
      var stream = TlsServer.ingest(channel);
      stream.send(Outsider.request(Outsider.hello("late")));
      Eventually.until("told", () -> stream.ended() || !stream.answers().isEmpty());
      return stream.ended() ? stream.awaitEnd().getCode() : Status.Code.OK;
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  @DisplayName(
      "6: both ends change authority and certificates under load, and nothing is lost or sent"
          + " twice")
  void rollsUnderLoad() throws Exception {
    assertAllGoOn("at the beginning", 4);

    trust(Stream.concat(old.trusted().stream(), next.trusted().stream()).toList());
    roll();
    assertAllGoOn("with both authorities", 4);

    var renewed = server(next);
    show(renewed);
    roll();
    assertShown(renewed);
    assertAllGoOn("with a server's certificate of the new authority", 4);

    for (var machine : machines) {
      machine.show(machine(next, machine.id));
    }
    roll();
    assertAllGoOn("with machines' certificates of the new authority", 4);
    assertThat(tryIn(machine(old, "late"), next.trusted())).isEqualTo(Status.Code.OK);

    trust(next.trusted());
    roll();
    assertAllGoOn("without the old authority", 1);
    assertShown(renewed);
    assertThat(tryIn(machine(old, "late"), next.trusted())).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(tryIn(machine(next, "late"), old.trusted())).isEqualTo(Status.Code.UNAVAILABLE);

    assertNothingWasLostOrSentTwice();
  }

  private void assertNothingWasLostOrSentTwice() {
    machines.forEach(RollingMachine::stopMaking);
    for (var machine : machines) {
      Eventually.until(
          "all of %s is acknowledged".formatted(machine.id),
          () -> machine.acknowledged() == machine.sent());
    }
    var stored = stored();
    for (var machine : machines) {
      assertThat(stored.get(machine.id).stream().sorted())
          .as(machine.id)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, machine.sent()).boxed().toList());
    }
    assertThat(machines).allMatch(machine -> machine.ends() == 0);
  }

  private Map<String, List<Long>> stored() {
    var stored = new HashMap<String, List<Long>>();
    for (var session : ingest.sessions()) {
      var of = stored.computeIfAbsent(session.machineId(), id -> new ArrayList<>());
      session.batches().forEach(batch -> of.add(batch.seq()));
    }
    return stored;
  }
}
