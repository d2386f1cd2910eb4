package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.identity.CertificateAuthority;
import io.sysmonstm.identity.MachineAuthority;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.FixedCurrentStore;
import io.sysmonstm.testkit.InMemoryAccessStore;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.testkit.RecordingListener;
import io.sysmonstm.tls.CertificateRequest;
import io.sysmonstm.tls.Certificates;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.Invitation;
import io.sysmonstm.tls.TlsIdentity;
import io.sysmonstm.tls.TlsMaterial;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import io.sysmonstm.transport.grpc.v1.Metric;
import io.sysmonstm.transport.grpc.v1.MetricType;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;
import io.sysmonstm.transport.grpc.v1.StreamAck;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A server that lets enrolled machines in, what it feeds, and clients of all kinds. */
final class TlsServer implements AutoCloseable {
  static final Actor ADMIN = Actor.within("admin");
  static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  final RecordingIngest ingest = new RecordingIngest();
  final InMemoryAccessStore store = new InMemoryAccessStore();
  final SelfMetrics metrics = new SelfMetrics();
  final MachineAuthority authority;
  final int port;
  private final SeriesRegistry series = new SeriesRegistry();
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

  static Hello hello(String machineId) {
    return new Hello(
        machineId,
        BatchBuilder.EPOCH,
        new UUID(9, 9),
        Resource.builder("host").build(),
        Instant.now(),
        0,
        Duration.ofSeconds(5));
  }

  /** A sender that comes in and is answered. */
  void assertDelivers(GrpcMetricSender.Builder builder) {
    var listener = new RecordingListener();
    try (var sender = builder.build()) {
      var stream = sender.open(hello("m1"), listener);
      listener.awaitWelcome();
      stream.send(
          new BatchBuilder(series, "m1", 1, Instant.now()).sample("cpu_percent", 50).build());
      listener.awaitAcks(1);
    }
  }

  /** A sender that is not let in; returns what it says of it. */
  String assertRefused(ErrorCode code, String machineId, GrpcMetricSender.Builder builder) {
    var listener = new RecordingListener();
    try (var sender = builder.build()) {
      var _ = sender.open(hello(machineId), listener);
      assertThat(listener.awaitEnd()).contains(code);
      assertThat(ingest.hellos()).isEmpty();
      return listener.cause().orElseThrow().getMessage();
    }
  }

  static Outsider.RawStream<IngestRequest, IngestResponse> ingest(ManagedChannel channel) {
    return open(channel, IngestServiceGrpc.getIngestMethod(), new Metadata());
  }

  static Outsider.RawStream<Metric, StreamAck> metrics(ManagedChannel channel, String... bearer) {
    var headers = new Metadata();
    for (var token : bearer) {
      headers.put(AUTHORIZATION, "Bearer " + token);
    }
    return open(channel, MetricsServiceGrpc.getStreamMetricsMethod(), headers);
  }

  static Metric metric(String machineId) {
    return Metric.newBuilder()
        .setMachineId(machineId)
        .setHostname("host")
        .setTimestampMs(1_767_225_600_000L)
        .setType(MetricType.CPU_PERCENT)
        .setValue(1)
        .build();
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
