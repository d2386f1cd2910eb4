package io.sysmonstm.transport.grpc;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.IngestService;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells gRPC's health check what the aggregator's readiness is, for the server as a whole and for
 * each service.
 */
final class HealthReporter {
  private static final EventLog LOG = EventLog.of(HealthReporter.class);
  private static final List<String> SERVICES =
      List.of(
          HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
          IngestServiceGrpc.SERVICE_NAME,
          MetricsServiceGrpc.SERVICE_NAME);

  private final HealthStatusManager manager = new HealthStatusManager();
  private final IngestService ingest;
  private final AtomicBoolean asking = new AtomicBoolean();
  private final AtomicBoolean drained = new AtomicBoolean();

  HealthReporter(IngestService ingest) {
    this.ingest = ingest;
    report(ServingStatus.NOT_SERVING);
  }

  BindableService service() {
    return manager.getHealthService();
  }

  void follow(ScheduledExecutorService timer, Executor executor, Duration period) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              if (asking.compareAndSet(false, true)) {
                executor.execute(this::ask);
              }
            },
            0,
            period.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private void ask() {
    try {
      report(ingest.readiness().ready() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    } catch (RuntimeException failure) {
      LOG.warn("readiness_failed", "Cannot tell whether batches can be taken", failure);
      report(ServingStatus.NOT_SERVING);
    } finally {
      asking.set(false);
    }
  }

  /** Says for good that the server goes away. */
  void drain() {
    if (drained.compareAndSet(false, true)) {
      manager.enterTerminalState();
    }
  }

  private void report(ServingStatus status) {
    SERVICES.forEach(service -> manager.setStatus(service, status));
  }
}
