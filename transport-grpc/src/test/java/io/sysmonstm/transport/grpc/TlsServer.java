package io.sysmonstm.transport.grpc;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.identity.CertificateAuthority;
import io.sysmonstm.identity.MachineAuthority;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.FixedCurrentStore;
import io.sysmonstm.testkit.InMemoryAccessStore;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.tls.CertificateRequest;
import io.sysmonstm.tls.Certificates;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.Invitation;
import io.sysmonstm.tls.TlsIdentity;
import io.sysmonstm.tls.TlsMaterial;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A server that lets enrolled machines in, what it feeds, and clients of all kinds. */
final class TlsServer implements AutoCloseable {
  static final Actor ADMIN = Actor.within("admin");

  final RecordingIngest ingest = new RecordingIngest();
  final InMemoryAccessStore store = new InMemoryAccessStore();
  final SelfMetrics metrics = new SelfMetrics();
  final MachineAuthority authority;
  final int port;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final GrpcIngestServer server;
  private final List<ManagedChannel> channels = new ArrayList<>();

  TlsServer(Path directory) {
    this(directory, builder -> builder);
  }

  TlsServer(Path directory, UnaryOperator<MachineAuthority.Builder> how) {
    authority =
        how.apply(MachineAuthority.builder(store, directory.resolve("authority"), executor))
            .build();
    server =
        GrpcIngestServer.builder("127.0.0.1:0")
            .metrics(metrics)
            .revocationCheck(Duration.ofMillis(50))
            .build();
    port = server.start(ingest, new FixedCurrentStore(), authority).getPort();
  }

  Invitation invite() {
    return Invitation.create(store, ADMIN, Invitation.LONGEST, Instant.now());
  }

  GrpcMetricSender.Builder sender(Path keptIn, Optional<Invitation> invitation) {
    return GrpcMetricSender.builder("https://localhost:" + port)
        .enrolment(
            new MachineCertificate.Enrolment(
                invitation.map(Invitation::token), invitation.map(Invitation::pin), List.of()),
            keptIn.resolve("identity"));
  }

  /** A certificate as a machine gets it. */
  TlsMaterial enrol(String machineId) {
    var keys = CertificateRequest.newKeys();
    var enrolled =
        authority.enrol(
            invite().token().text(), CertificateRequest.encode(machineId, keys), machineId);
    return new TlsMaterial(
        Optional.of(new TlsIdentity(keys.getPrivate(), enrolled.chain())), enrolled.trust());
  }

  List<X509Certificate> trust() {
    return Certificates.parse(store.machineAuthority().orElseThrow());
  }

  TlsMaterial nobody() {
    return new TlsMaterial(Optional.empty(), trust());
  }

  void revoke(String machineId) {
    var now = Instant.now();
    store.revoke(machineId, now, AuditEntry.of(now, ADMIN, "machine_revoked", machineId, ""));
  }

  List<String> audited() {
    return store.audit().stream().map(AuditEntry::action).toList();
  }

  ManagedChannel channel(TlsMaterial material) {
    return channel(Tls.client(new CurrentTls(material)));
  }

  ManagedChannel channel(ChannelCredentials credentials) {
    var channel = NettyChannelBuilder.forAddress("localhost", port, credentials).build();
    channels.add(channel);
    return channel;
  }

  static <Q, A> Outsider.RawStream<Q, A> open(
      ManagedChannel channel, MethodDescriptor<Q, A> method, Metadata headers) {
    var stream = new Outsider.RawStream<Q, A>(channel.newCall(method, CallOptions.DEFAULT));
    stream.start(headers, Integer.MAX_VALUE);
    return stream;
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    for (var channel : channels) {
      try {
        channel.awaitTermination(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    server.close();
    authority.close();
    executor.close();
  }

  /** A certificate of an authority for the name, or for the machine, of the past or the present. */
  static TlsMaterial issuedBy(
      CertificateAuthority authority, String machineId, Instant at, Duration validity) {
    var keys = CertificateRequest.newKeys();
    return new TlsMaterial(
        Optional.of(
            new TlsIdentity(
                keys.getPrivate(),
                List.of(authority.machine(machineId, keys.getPublic(), at, validity)))),
        authority.trusted());
  }
}
