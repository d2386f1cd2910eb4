package io.sysmonstm.transport.grpc;

import io.grpc.ConnectivityState;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.TlsMaterial;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks a gRPC server, such as an aggregator, how it is, by the standard health service {@code
 * grpc.health.v1}. One connection, made at the first question and kept; after it broke, each
 * question tries to make it anew.
 *
 * <p>Thread-safe. A question blocks until its deadline at the most, and before it connects for as
 * long as it takes to learn whom to trust; it never throws.
 */
public final class GrpcHealthProbe implements Supplier<Health>, AutoCloseable {
  private static final EventLog LOG = EventLog.of(GrpcHealthProbe.class);

  private final Duration deadline;
  private final Supplier<List<X509Certificate>> trust;
  private final CurrentTls tls = new CurrentTls(new TlsMaterial(Optional.empty(), List.of()));
  private final ManagedChannel channel;

  private GrpcHealthProbe(Builder builder) {
    deadline = builder.deadline;
    trust = builder.trust;
    channel =
        NettyChannelBuilder.forAddress(
                builder.target.host(),
                builder.target.port(),
                builder.target.tls() ? Tls.client(tls) : InsecureChannelCredentials.create())
            .directExecutor()
            .disableRetry()
            .disableServiceConfigLookUp()
            .build();
  }

  /**
   * Starts a probe.
   *
   * @param target {@code host:port}, or {@code https://host:port} for TLS
   * @return a builder
   * @throws ConfigException where the target is neither
   */
  public static Builder builder(String target) {
    return new Builder(target);
  }

  /** {@return whether the server says that it serves; what is wrong is told without its address} */
  @Override
  public Health get() {
    if (channel.getState(false) != ConnectivityState.READY) {
      readTrust();
    }
    // After a failure the channel would refuse calls until its own back-off is over.
    if (isBackingOff()) {
      channel.enterIdle();
    }
    try {
      var answer =
          HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
              .check(HealthCheckRequest.getDefaultInstance());
      return answer.getStatus() == ServingStatus.SERVING
          ? Health.ok()
          : Health.failing("it runs, and cannot do its work now");
    } catch (StatusRuntimeException e) {
      return Health.failing(problem(e.getStatus().getCode()));
    }
  }

  // Whom it trusted before may still do; where not, the connection fails.
  private void readTrust() {
    try {
      var known = new TlsMaterial(Optional.empty(), trust.get());
      if (!known.equals(tls.material())) {
        tls.use(known);
      }
    } catch (SysmonstmException | IllegalArgumentException failure) {
      LOG.warn(
          "probe_trust_failed",
          "Cannot tell whom to trust as the aggregator: " + failure.getMessage(),
          null);
    }
  }

  /** Whether the channel has failed; it knows a moment after those who wait for an answer do. */
  boolean isBackingOff() {
    return channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE;
  }

  private String problem(Status.Code code) {
    return switch (code) {
      case UNAVAILABLE -> "it cannot be reached";
      case DEADLINE_EXCEEDED -> "no answer within %d ms".formatted(deadline.toMillis());
      case UNIMPLEMENTED -> "it has no health service: is it an aggregator?";
      case UNAUTHENTICATED, PERMISSION_DENIED -> "it does not let us ask";
      case CANCELLED -> "the check was interrupted";
      default -> "the check failed with " + code;
    };
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Collects what a probe needs. Confined to one thread. */
  public static final class Builder {
    private final Endpoint target;
    private Duration deadline = Duration.ofSeconds(1);
    private Supplier<List<X509Certificate>> trust = List::of;

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
     * Sets how long a question may take, connecting included; 1 s unless told otherwise.
     *
     * @param value more than zero
     * @return this builder
     */
    public Builder deadline(Duration value) {
      deadline = value;
      return this;
    }

    /**
     * Sets by whom the certificate of an {@code https} target is verified; by the authorities of
     * the JVM unless told otherwise.
     *
     * @param value asked before it connects, each time; may block and throw a {@link
     *     SysmonstmException}; those of the JVM where it gives none
     * @return this builder
     */
    public Builder trust(Supplier<List<X509Certificate>> value) {
      trust = value;
      return this;
    }

    /** {@return the probe; it does not connect before it is asked} */
    public GrpcHealthProbe build() {
      return new GrpcHealthProbe(this);
    }
  }
}
