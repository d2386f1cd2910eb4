package io.sysmonstm.transport.grpc;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.IngestServer;
import io.sysmonstm.spi.IngestService;
import io.sysmonstm.spi.MachineAccess;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.tls.TlsFileWatch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes streams of batches and of single metrics over gRPC, answers for the state of machines, and
 * serves gRPC's health check. Messages are decoded and offered on the event loops; what may block
 * runs on virtual threads.
 *
 * <p>Thread-safe. A server is started once.
 */
public final class GrpcIngestServer implements IngestServer {
  private static final EventLog LOG = EventLog.of(GrpcIngestServer.class);
  private static final Duration LEAST_AGE_GRACE = Duration.ofSeconds(15);
  // How long after a revocation an open stream goes on, at most, beside what the store takes.
  private static final Duration REVOCATION_CHECK = Duration.ofSeconds(5);
  private static final Duration LAST_WORDS = Duration.ofMillis(500);

  private record Running(
      Server server,
      HealthReporter health,
      OpenStreams open,
      ScheduledThreadPoolExecutor timer,
      Optional<ExecutorService> ownExecutor) {}

  private final Builder builder;
  private @Nullable Running running;
  private boolean started;

  private GrpcIngestServer(Builder builder) {
    this.builder = builder;
  }

  /**
   * Starts a server's description.
   *
   * @param listen {@code host:port}; port 0 takes any free one
   * @return a builder
   * @throws ConfigException where it is not such an address
   */
  public static Builder builder(String listen) {
    return new Builder(listen);
  }

  @Override
  public InetSocketAddress start(IngestService ingest, CurrentStore current) {
    return start(
        ingest,
        current,
        builder
            .files
            .filter(files -> !files.tls().material().trust().isEmpty())
            .map(files -> new OwnAuthorities(files.tls(), builder.time, builder.metrics)));
  }

  @Override
  public InetSocketAddress start(IngestService ingest, CurrentStore current, MachineAccess access) {
    if (builder.files.filter(files -> !files.tls().material().trust().isEmpty()).isPresent()) {
      throw new ConfigException(
          List.of(
              "aggregator.tls.trust is set although this aggregator enrols machines by its own"
                  + " authority: expected one of both"));
    }
    return start(ingest, current, Optional.of(access));
  }

  private synchronized InetSocketAddress start(
      IngestService ingest, CurrentStore current, Optional<MachineAccess> access) {
    if (started) {
      throw new IllegalStateException("already started");
    }
    started = true;
    var ownExecutor =
        builder.executor.isPresent()
            ? Optional.<ExecutorService>empty()
            : Optional.of(Executors.newVirtualThreadPerTaskExecutor());
    var executor = builder.executor.or(() -> ownExecutor).orElseThrow();
    var timer = newTimer();
    var open = new OpenStreams();
    var parts =
        new ServerParts(
            ingest,
            executor,
            timer,
            builder.time,
            new ServerCounters(builder.metrics, open),
            builder.limits.withAge(builder.streamAge()),
            open);
    var health = new HealthReporter(ingest);
    var server =
        NettyServer.create(builder, parts, new CurrentStates(current, executor), health, access);
    running = new Running(server, health, open, timer, ownExecutor);
    try {
      server.start();
    } catch (IOException e) {
      stop(Duration.ZERO);
      throw cannotListen(e);
    }
    health.follow(timer, executor, builder.healthPeriod);
    if (access.isPresent()) {
      var _ =
          timer.scheduleWithFixedDelay(
              () -> endRevoked(open, parts.counters()),
              builder.revocationCheck.toMillis(),
              builder.revocationCheck.toMillis(),
              TimeUnit.MILLISECONDS);
    }
    var address = (InetSocketAddress) server.getListenSockets().getFirst();
    LOG.info(
        "ingest_listening",
        "Taking in streams",
        "address",
        new Endpoint(builder.listen.host(), address.getPort(), false));
    return address;
  }

  private static void endRevoked(OpenStreams open, ServerCounters counters) {
    try {
      counters.revoked(open.endRevoked());
    } catch (RuntimeException failure) {
      // Else the timer would not look again.
      LOG.error("revocation_check_failed", "Could not end streams that were revoked", failure);
    }
  }

  private static ScheduledThreadPoolExecutor newTimer() {
    var timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("grpc-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    // What a stream plans after the stop does not matter any more.
    timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    return timer;
  }

  private ConfigException cannotListen(IOException e) {
    var cause = e.getCause() == null ? e : e.getCause();
    var problem =
        new ConfigException(
            List.of(
                "cannot listen on '%s': %s; choose another address or stop what listens there"
                    .formatted(builder.listen, cause.getMessage())));
    problem.addSuppressed(e);
    return problem;
  }

  @Override
  public synchronized void drain() {
    if (running != null) {
      running.health.drain();
    }
  }

  @Override
  public synchronized void stop(Duration grace) {
    if (running == null) {
      return;
    }
    var stopping = running;
    running = null;
    stopping.health.drain();
    var status = Status.UNAVAILABLE.withDescription("the server stops; connect again");
    stopping.server.shutdown();
    stopping.open.all().forEach(stream -> stream.finish(status));
    try {
      stopping.open.awaitNone(grace);
      stopping.open.all().forEach(stream -> stream.end(status));
      stopping.open.awaitNone(LAST_WORDS);
      // A connection that is cut while something comes in can lose the last acknowledgements.
      if (!stopping.server.awaitTermination(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
        stopping.server.shutdownNow();
        stopping.server.awaitTermination(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      stopping.server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    stopping.timer.shutdownNow();
    builder.files.ifPresent(TlsFileWatch::close);
    stopping.ownExecutor.ifPresent(ExecutorService::shutdown);
  }

  /** Collects what a server needs. Confined to one thread. */
  public static final class Builder {
    // What is not private is read by the server that is put together.
    final Endpoint listen;
    ServerCredentials credentials = InsecureServerCredentials.create();
    Optional<TlsFileWatch> files = Optional.empty();
    private Duration revocationCheck = REVOCATION_CHECK;
    private TimeSource time = TimeSource.system();
    private SelfMetrics metrics = new SelfMetrics();
    private Optional<ExecutorService> executor = Optional.empty();
    private Duration healthPeriod = Duration.ofSeconds(1);
    Duration maxConnectionAge = Duration.ofMinutes(30);
    int maxConnections = 20_000;
    Duration permittedKeepAlive = NettyServer.PERMITTED_KEEP_ALIVE;
    StreamLimits limits = StreamLimits.USUAL;
    boolean sparesLoopback = true;

    private Builder(String listen) {
      this.listen =
          Endpoint.parseListen(listen)
              .orElseThrow(
                  () ->
                      new ConfigException(
                          List.of("listen address is '%s': expected host:port".formatted(listen))));
    }

    /**
     * Sets the credentials; none, which is plain text, unless told otherwise.
     *
     * @param value gRPC's credentials
     * @return this builder
     */
    public Builder credentials(ServerCredentials value) {
      credentials = value;
      return this;
    }

    /**
     * Sets the files to speak TLS with: a certificate, and the authorities of the clients', where
     * these have to prove by one which machine they are. The server closes the watch.
     *
     * @param value a watch over files with a certificate
     * @return this builder
     */
    public Builder tls(TlsFileWatch value) {
      files = Optional.of(value);
      return this;
    }

    /**
     * Sets the clock.
     *
     * @param value the clock
     * @return this builder
     */
    public Builder time(TimeSource value) {
      time = value;
      return this;
    }

    /**
     * Sets where it counts what it does.
     *
     * @param value the set of counters
     * @return this builder
     */
    public Builder metrics(SelfMetrics value) {
      metrics = value;
      return this;
    }

    /**
     * Sets where work runs that may block; virtual threads of its own unless told otherwise.
     *
     * @param value an executor whose tasks may block; not closed by the server
     * @return this builder
     */
    public Builder executor(ExecutorService value) {
      executor = Optional.of(value);
      return this;
    }

    /**
     * Sets how often the health check learns of the aggregator's readiness; each second unless told
     * otherwise.
     *
     * @param value more than zero
     * @return this builder
     */
    public Builder healthPeriod(Duration value) {
      healthPeriod = value;
      return this;
    }

    /**
     * Sets how long a connection lasts, 30 minutes unless told otherwise and up to a tenth more or
     * less: clients then connect again, so that several aggregators behind one address share the
     * load. Native streams end with everything acknowledged; those of single metrics are cut off a
     * quarter of the age later.
     *
     * @param value more than zero
     * @return this builder
     */
    public Builder maxConnectionAge(Duration value) {
      maxConnectionAge = value;
      return this;
    }

    /**
     * Sets the most connections, 20,000 unless told otherwise; streams on more are refused, health
     * checks are not.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder maxConnections(int value) {
      maxConnections = value;
      return this;
    }

    // gRPC asks for new connections at the age or up to a tenth later. A native stream ends after
    // that, or its client would begin the next one on the same connection.
    private Duration streamAge() {
      return maxConnectionAge.multipliedBy(112).dividedBy(100);
    }

    Duration ageGrace() {
      var share = maxConnectionAge.dividedBy(4);
      return share.compareTo(LEAST_AGE_GRACE) > 0 ? share : LEAST_AGE_GRACE;
    }

    // For tests, which come from loopback.
    Builder guardLoopback() {
      sparesLoopback = false;
      return this;
    }

    // For tests that cannot wait for the usual times.
    Builder limits(StreamLimits value) {
      limits = value;
      return this;
    }

    Builder revocationCheck(Duration value) {
      revocationCheck = value;
      return this;
    }

    Builder permittedKeepAlive(Duration value) {
      permittedKeepAlive = value;
      return this;
    }

    /** {@return the server, not yet listening} */
    public GrpcIngestServer build() {
      return new GrpcIngestServer(this);
    }
  }
}
