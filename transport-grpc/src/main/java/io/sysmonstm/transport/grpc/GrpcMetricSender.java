package io.sysmonstm.transport.grpc;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.TlsFileWatch;
import io.sysmonstm.tls.TlsMaterial;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Sends batches to an aggregator over gRPC. One connection, made at once and again after it broke.
 * A batch is one message; it is encoded in the thread that sends it, and listeners are called on
 * the connection's event loop, so that a cycle costs no hand-over between threads.
 *
 * <p>Thread-safe.
 */
public final class GrpcMetricSender implements MetricSender {
  private static final int MAX_ANSWER_BYTES = 4 << 20;
  private static final MethodDescriptor<byte[], IngestResponse> INGEST =
      IngestServiceGrpc.getIngestMethod().toBuilder(
              new BytesMarshaller(), IngestServiceGrpc.getIngestMethod().getResponseMarshaller())
          .build();

  private final Endpoint target;
  private final Duration welcomeTimeout;
  // One thread on the JDK's own sockets: nothing native to unpack and load for one connection.
  private final EventLoopGroup eventLoop =
      new MultiThreadIoEventLoopGroup(
          1,
          Thread.ofPlatform().daemon().name("sysmonstm-grpc-sender").factory(),
          NioIoHandler.newFactory());
  private final ManagedChannel channel;
  private final Optional<TlsFileWatch> files;
  private final Optional<MachineCertificate> certificate;
  private final Executor executor;

  private GrpcMetricSender(Builder builder) {
    target = builder.target;
    welcomeTimeout = builder.welcomeTimeout;
    files = builder.files;
    executor = builder.executor;
    certificate =
        builder.enrolment.map(
            how ->
                new MachineCertificate(
                    target.toString(),
                    builder.directory,
                    how,
                    builder.time,
                    credentials -> connecting(credentials).build(),
                    this::reconnect));
    channel =
        connecting(builder.credentials.orElseGet(this::credentials))
            .keepAliveTime(builder.keepAliveTime.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(builder.keepAliveTimeout.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveWithoutCalls(true)
            .maxInboundMessageSize(MAX_ANSWER_BYTES)
            // Given, it is not measured: that would cost a ping and a wake-up for each answer.
            .flowControlWindow(MAX_ANSWER_BYTES)
            .build();
    if (certificate.filter(MachineCertificate::isMissing).isEmpty()) {
      channel.getState(true);
    }
    certificate.ifPresent(own -> own.follow(executor));
  }

  // Streams that are open go on; the next one is on a connection with the new certificate.
  private void reconnect() {
    channel.enterIdle();
  }

  private NettyChannelBuilder connecting(ChannelCredentials credentials) {
    return NettyChannelBuilder.forAddress(target.host(), target.port(), credentials)
        .eventLoopGroup(eventLoop)
        .channelType(NioSocketChannel.class)
        .directExecutor()
        .disableRetry()
        .disableServiceConfigLookUp();
  }

  private ChannelCredentials credentials() {
    if (!target.tls()) {
      return InsecureChannelCredentials.create();
    }
    return certificate
        .map(MachineCertificate::tls)
        .or(() -> files.map(TlsFileWatch::tls))
        .map(Tls::client)
        .orElseGet(() -> Tls.client(new CurrentTls(new TlsMaterial(Optional.empty(), List.of()))));
  }

  /**
   * Starts a sender.
   *
   * @param target {@code host:port}, or {@code https://host:port} for TLS
   * @return a builder
   * @throws ConfigException where the target is neither
   */
  public static Builder builder(String target) {
    return new Builder(target);
  }

  @Override
  public Stream open(Hello hello, Listener listener) {
    // After a failure the channel would refuse streams until its own back-off is over; the
    // collector has one already.
    if (isBackingOff()) {
      channel.enterIdle();
    }
    var stream =
        new SenderStream(
            () -> channel.newCall(INGEST, CallOptions.DEFAULT), target.toString(), hello, listener);
    certificate
        .filter(MachineCertificate::isMissing)
        .ifPresentOrElse(own -> startEnrolled(own, stream, hello.machineId()), () -> start(stream));
    return stream;
  }

  private void start(SenderStream stream) {
    stream.start();
    if (!eventLoop.isShuttingDown()) {
      var _ =
          eventLoop.schedule(
              () -> stream.requireWelcome(welcomeTimeout), welcomeTimeout.toNanos(), NANOSECONDS);
    }
  }

  // The stream begins once this machine is let in, which may take a while.
  private void startEnrolled(MachineCertificate own, SenderStream stream, String machineId) {
    executor.execute(
        () -> {
          try {
            own.require(machineId);
            start(stream);
          } catch (SysmonstmException refused) {
            stream.refuse(refused);
          }
        });
  }

  /** Whether the channel has failed; it knows a moment after those who wait for a stream do. */
  boolean isBackingOff() {
    return channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE;
  }

  @Override
  public void close() {
    files.ifPresent(TlsFileWatch::close);
    certificate.ifPresent(MachineCertificate::close);
    channel.shutdownNow();
    try {
      channel.awaitTermination(1, TimeUnit.SECONDS);
      eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Collects what a sender needs. Confined to one thread. */
  public static final class Builder {
    private final Endpoint target;
    private Duration welcomeTimeout = Duration.ofSeconds(10);
    private Duration keepAliveTime = Duration.ofSeconds(10);
    private Duration keepAliveTimeout = Duration.ofSeconds(5);
    private Optional<ChannelCredentials> credentials = Optional.empty();
    private Optional<TlsFileWatch> files = Optional.empty();
    private Optional<MachineCertificate.Enrolment> enrolment = Optional.empty();
    private Path directory = Path.of("identity");
    private TimeSource time = TimeSource.system();
    private Executor executor = command -> Thread.ofVirtual().start(command);

    private Builder(String target) {
      this.target =
          Endpoint.parse(target)
              .orElseThrow(
                  () ->
                      new ConfigException(
                          List.of(
                              "aggregator address is '%s': expected host:port or https://host:port"
                                  .formatted(target))));
    }

    /**
     * Sets how long the aggregator may take to answer a hello, connecting included; 10 s unless
     * told otherwise.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public Builder welcomeTimeout(Duration timeout) {
      welcomeTimeout = timeout;
      return this;
    }

    /**
     * Sets how a silent connection is checked; after 10 s, for 5 s, unless told otherwise.
     *
     * @param time the silence after which the peer is asked, 5 s or more for our own aggregator
     * @param timeout how long it may take to answer
     * @return this builder
     */
    public Builder keepAlive(Duration time, Duration timeout) {
      keepAliveTime = time;
      keepAliveTimeout = timeout;
      return this;
    }

    /**
     * Sets the credentials, for example a client certificate; unless told otherwise those of the
     * system for an {@code https} target, none for others.
     *
     * @param value gRPC's credentials
     * @return this builder
     */
    public Builder credentials(ChannelCredentials value) {
      credentials = Optional.of(value);
      return this;
    }

    /**
     * Sets the files to speak TLS with. The sender closes the watch.
     *
     * @param value a watch over them
     * @return this builder
     */
    public Builder tls(TlsFileWatch value) {
      files = Optional.of(value);
      return this;
    }

    Builder enrolment(MachineCertificate.Enrolment how, Path keptIn) {
      enrolment = Optional.of(how);
      directory = keptIn;
      return this;
    }

    Builder time(TimeSource value) {
      time = value;
      return this;
    }

    /** What may block runs there: each task gets a thread of its own. */
    Builder executor(Executor value) {
      executor = value;
      return this;
    }

    /** {@return the sender} Begins to connect; does not block. */
    public GrpcMetricSender build() {
      return new GrpcMetricSender(this);
    }
  }
}
