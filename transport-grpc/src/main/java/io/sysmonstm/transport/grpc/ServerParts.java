package io.sysmonstm.transport.grpc;

import io.grpc.Status;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.IngestService;
import io.sysmonstm.spi.TimeSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What the streams of a server share.
 *
 * @param ingest where streams go
 * @param executor for work that may block
 * @param timer for short work at a later time
 * @param time the clock
 * @param counters what is counted
 * @param limits times and sizes
 * @param open the streams that are open
 */
record ServerParts(
    IngestService ingest,
    Executor executor,
    ScheduledExecutorService timer,
    TimeSource time,
    ServerCounters counters,
    StreamLimits limits,
    OpenStreams open) {
  private static final EventLog LOG = EventLog.of(GrpcIngestServer.class);

  /**
   * How a stream ends after an exception: ours say it themselves, anything else is a fault of ours.
   */
  static Status statusOf(RuntimeException failure) {
    if (failure instanceof SysmonstmException refused) {
      LOG.warn(
          "stream_refused",
          "Ended a stream: " + refused.getMessage(),
          null,
          "code",
          refused.code());
      return Statuses.of(refused);
    }
    LOG.error("stream_failed", "A stream failed for a fault of the server", failure);
    return Status.INTERNAL.withDescription("the server failed; its log says why");
  }
}
