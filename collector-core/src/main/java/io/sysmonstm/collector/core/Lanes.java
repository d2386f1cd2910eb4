package io.sysmonstm.collector.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.collector.core.internal.spool.Spool;
import io.sysmonstm.spi.Ack;
import java.time.Duration;
import java.util.Optional;

/**
 * Decides which batch goes next. The live lane, batches of the last three intervals, comes first;
 * the backlog, oldest first, has half of the window at the most, so that a fresh batch never waits
 * for it. While history is unavailable the backlog rests. Confined to the delivery's thread.
 */
final class Lanes {
  /** The most batches in flight. */
  static final int WINDOW = 32;

  /** The most batches in flight when one of the backlog is sent. */
  static final int BACKLOG_WINDOW = WINDOW / 2;

  /** The least pause of the backlog after a volatile acknowledgement. */
  static final Duration VOLATILE_PAUSE = Duration.ofSeconds(10);

  /** The longest pause that a server can ask for. */
  static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);

  private final Spool spool;
  private final long freshNanos;
  private long backlogNotBeforeNanos;
  private long freshNotBeforeNanos;
  private boolean drains;

  Lanes(Spool spool, Duration interval, long nowNanos) {
    this.spool = spool;
    this.freshNanos = interval.multipliedBy(3).toNanos();
    this.backlogNotBeforeNanos = nowNanos;
    this.freshNotBeforeNanos = nowNanos - freshNanos;
  }

  /** Lets the backlog rest as long as an acknowledgement wants. */
  void acknowledged(Ack ack, long nowNanos) {
    var pause = atMost(ack.retryAfter());
    if (ack.durability() == Ack.Durability.VOLATILE && pause.compareTo(VOLATILE_PAUSE) < 0) {
      pause = VOLATILE_PAUSE;
    }
    backlogNotBeforeNanos = nowNanos + pause.toNanos();
  }

  static Duration atMost(Duration retryAfter) {
    return retryAfter.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : retryAfter;
  }

  /** Says that what was collected so far is not fresh any more, whatever the clock says. */
  void aged(long nowNanos) {
    freshNotBeforeNanos = nowNanos;
  }

  /** Says that the process is about to end: what the next one finds on disk is left to it. */
  void drain() {
    drains = true;
  }

  /** Takes the next batch. */
  Optional<Batch> next(long nowNanos) {
    var fresh = spool.takeFresh(freshSince(nowNanos));
    boolean backlog = fresh.isEmpty() && mayBacklog(nowNanos) && spool.inFlight() < BACKLOG_WINDOW;
    return backlog ? spool.takeBacklog(freshSince(nowNanos)) : fresh;
  }

  private long freshSince(long nowNanos) {
    if (drains && spool.outlivesProcess()) {
      // All that is not seen, which is little.
      return nowNanos - (Long.MAX_VALUE >> 1);
    }
    long since = nowNanos - freshNanos;
    return since - freshNotBeforeNanos < 0 ? freshNotBeforeNanos : since;
  }

  private boolean mayBacklog(long nowNanos) {
    return !isPaused(nowNanos) && !(drains && spool.outlivesProcess());
  }

  private boolean isPaused(long nowNanos) {
    return nowNanos - backlogNotBeforeNanos < 0;
  }

  /** Whether there is something to send now, were there room. */
  boolean hasMore(long nowNanos) {
    return spool.hasWaiting() && (mayBacklog(nowNanos) || spool.hasUnseenWaiting());
  }

  /** When a pause ends that batches wait for, or the given time where that is earlier. */
  long wakesAtNanos(long nowNanos, long otherwise) {
    boolean sooner =
        isPaused(nowNanos) && spool.hasWaiting() && backlogNotBeforeNanos - otherwise < 0;
    return sooner ? backlogNotBeforeNanos : otherwise;
  }
}
