package io.sysmonstm.collector.core;

import io.sysmonstm.api.Names;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Rejection;
import java.util.Optional;

/** Says what happens to the stream. */
final class DeliveryLog {
  private static final EventLog LOG = EventLog.of(Delivery.class);

  private DeliveryLog() {}

  static String code(Optional<SysmonstmException> cause) {
    return cause.map(known -> known.code().name()).orElse("ended by the server");
  }

  static void ended(Optional<SysmonstmException> cause, boolean isRefusal, long waitNanos) {
    Object[] fields = {
      "code",
      code(cause),
      "reason",
      cause.map(Throwable::getMessage).orElse("the server ended the stream"),
      "retry_in_ms",
      waitNanos / 1_000_000
    };
    if (isRefusal) {
      LOG.error("collector_refused", "The aggregator refuses this collector.", null, fields);
    } else {
      LOG.warn("collector_stream_ended", "The stream ended; trying again.", null, fields);
    }
  }

  static void connected(int waitingBatches) {
    LOG.info("collector_connected", "The stream is open.", "waiting_batches", waitingBatches);
  }

  static void firstDurable() {
    LOG.info("collector_delivering", "The first batch is in history.");
  }

  static void clockStepped() {
    LOG.warn("collector_clock_stepped", "The wall clock was set: opening a new stream.", null);
  }

  static void epochConflict() {
    LOG.error(
        "collector_epoch_conflict",
        "History has numbers that this collector never gave out: its spool was copied, or set back."
            + " New batches get an epoch of their own.",
        null);
  }

  static void closeFailed(RuntimeException e) {
    LOG.warn("collector_close_failed", "The stream could not be closed.", e);
  }

  static void rejected(Rejection rejection) {
    LOG.warn(
        "collector_samples_rejected",
        "The aggregator refused samples.",
        null,
        "metric",
        Names.shown(rejection.metric()),
        "reason",
        rejection.reason(),
        "count",
        rejection.count());
  }
}
