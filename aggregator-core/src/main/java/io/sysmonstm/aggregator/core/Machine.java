package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeqRanges;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the aggregator knows of one machine, over all of its streams. The lock orders batches of
 * streams that overlap, as an old and a new one do; it is held while a batch is shown, so that
 * stores and events see one machine's batches one by one. Thread-safe where it says so; the rest is
 * guarded by {@link #lock}.
 */
final class Machine {
  private static final int MAX_EPOCHS = 16;

  private final String id;
  private final ReentrantLock lock = new ReentrantLock();
  // An epoch of its own rather than one per process: a machine that was forgotten and came back
  // starts to count anew.
  private final UUID unnumberedEpoch = UUID.randomUUID();
  private final AtomicLong unnumberedSeq = new AtomicLong();
  private final LinkedHashMap<UUID, EpochLog> epochs = new LinkedHashMap<>(8, 0.75f, true);
  private volatile Resource resource;
  private volatile Duration interval;
  private final Fence fence = new Fence();
  private volatile long clockOffsetMillis;
  private Instant heardAt = Instant.EPOCH;
  private volatile long heardNanos;
  private volatile boolean heard;
  private int sessions;
  // All guarded by the lock of the queue: its bytes there, and its samples in the flush numbered
  // so.
  long inFlightBytes;
  long fill;
  int fillSamples;

  Machine(String id, Resource resource, Duration interval) {
    this.id = id;
    this.resource = resource;
    this.interval = interval;
  }

  String id() {
    return id;
  }

  /**
   * {@return what guards the logs of this machine; may be taken while holding the acknowledger's}
   */
  ReentrantLock lock() {
    return lock;
  }

  /** {@return the epoch for streams that number nothing} Thread-safe. */
  UUID unnumberedEpoch() {
    return unnumberedEpoch;
  }

  /** {@return the next number for streams that number nothing} Thread-safe. */
  long nextSeq() {
    return unnumberedSeq.incrementAndGet();
  }

  Resource resource() {
    return resource;
  }

  Duration interval() {
    return interval;
  }

  void describe(Resource newest) {
    resource = newest;
  }

  void collectsEvery(Duration newest) {
    interval = newest;
  }

  /** {@return which stream may speak for it} */
  Fence fence() {
    return fence;
  }

  /** {@return how far its clock is ahead of ours, 0 where that is tolerable} Thread-safe. */
  long clockOffsetMillis() {
    return clockOffsetMillis;
  }

  void clockOffset(long aheadMillis) {
    clockOffsetMillis = aheadMillis;
  }

  /** A batch came that was not kept back: it is there. */
  void heard(long nanos, Instant at) {
    heardAt = at;
    heardNanos = nanos;
    if (!heard) {
      heard = true;
    }
  }

  /** {@return whether it was ever heard from} Thread-safe. */
  boolean wasHeard() {
    return heard;
  }

  /** {@return when it was last heard from, by the monotonic clock} Thread-safe. */
  long heardNanos() {
    return heardNanos;
  }

  /** {@return the same by the wall clock} To be read after {@link #heardNanos}. */
  Instant heardAt() {
    return heardAt;
  }

  EpochLog log(UUID epoch) {
    var known = epochs.get(epoch);
    if (known != null) {
      return known;
    }
    if (epochs.size() >= MAX_EPOCHS) {
      epochs.pollFirstEntry();
    }
    var log = new EpochLog(this, epoch);
    epochs.put(epoch, log);
    return log;
  }

  Map<UUID, SeqRanges> committed() {
    var committed = new HashMap<UUID, SeqRanges>();
    epochs.forEach(
        (epoch, log) -> {
          var ranges = log.committed();
          if (!ranges.isEmpty()) {
            committed.put(epoch, ranges);
          }
        });
    return committed;
  }

  // The count of sessions is guarded by the registry of machines, which decides by it whom to
  // forget.
  void enter() {
    sessions++;
  }

  void leave() {
    sessions--;
  }

  boolean idle() {
    return sessions == 0;
  }
}
