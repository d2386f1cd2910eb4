package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts samples that the spool has lost, and remembers what the server knows of them. */
final class SpoolLosses {
  /** Why samples are lost. */
  enum Reason {
    /** The spool has reached its size. */
    BYTES,
    /** They were older than the spool keeps. */
    AGE,
    /** Their record was damaged; the number is an estimate. */
    CORRUPT,
    /** The disk took nothing, and what is kept in memory has reached its size. */
    FULL,
    /** The server refuses their batch again and again. */
    POISON,
    /** They are of a machine of another id. */
    FOREIGN
  }

  private static final EventLog LOG = EventLog.of(SpoolLosses.class);

  private final Map<Reason, LongAdder> counters = new EnumMap<>(Reason.class);
  // Both guarded by this.
  private long lost;
  private long told;

  SpoolLosses(SelfMetrics metrics) {
    for (var reason : Reason.values()) {
      counters.put(
          reason,
          metrics.counter(
              "collector_spool_dropped_samples_total",
              "Samples that the spool has lost.",
              Labels.of("reason", reason.name().toLowerCase(Locale.ROOT))));
    }
  }

  void add(Reason reason, long samples) {
    if (samples <= 0) {
      return;
    }
    synchronized (this) {
      lost += samples;
    }
    counters.getOrDefault(reason, new LongAdder()).add(samples);
    LOG.warn(
        "spool_samples_lost",
        "The spool has lost samples.",
        null,
        "reason",
        reason.name().toLowerCase(Locale.ROOT),
        "samples",
        samples);
  }

  /** Takes up the count of an earlier process. */
  synchronized void restore(long lostBefore, long toldBefore, boolean sameEpoch) {
    lost += sameEpoch ? lostBefore : Math.max(0, lostBefore - toldBefore);
    told += sameEpoch ? toldBefore : 0;
  }

  /** Begins another epoch: what was told is done with. */
  synchronized void renumber() {
    lost = Math.max(0, lost - told);
    told = 0;
  }

  synchronized void told(long samples) {
    told = Math.max(told, Math.min(samples, lost));
  }

  synchronized long lost() {
    return lost;
  }

  synchronized long toldSoFar() {
    return told;
  }
}
