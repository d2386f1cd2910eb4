package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.ProviderContext;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What goes on beside appends: seals the journal machine by machine, and once an hour all of it,
 * and deletes what is too old. Works in turns, each a transaction of its own. Thread-safe.
 */
final class HistoryUpkeep implements AutoCloseable {
  private static final EventLog LOG = EventLog.of(HistoryUpkeep.class);
  private static final long TICK_SECONDS = 30;
  private static final Duration FIRST_AFTER = Duration.ofMinutes(1);
  private static final Duration FULL_EVERY = Duration.ofHours(1);
  // A quarter of an hour at an interval of 5 s: chunks are rewritten seldom, and questions find
  // little unsealed.
  private static final int BATCHES_TO_SEAL = 180;
  private static final int BATCHES_TO_WAKE = 20_000;
  private static final int BATCHES_TO_ASSIST = 100_000;

  private final Database database;
  private final Retention retention;
  private final ProviderContext context;
  private final Sealer sealer = new Sealer();
  private final AtomicLong sinceSealed = new AtomicLong();
  private final Semaphore wake = new Semaphore(0);
  private final LongAdder failures;
  private final Future<?> loop;
  private volatile boolean closing;

  HistoryUpkeep(Database database, Retention retention, ProviderContext context) {
    this.database = database;
    this.retention = retention;
    this.context = context;
    this.failures =
        context
            .metrics()
            .counter("history_upkeep_failures_total", "Failures to seal or delete history.");
    this.loop = context.executor().submit(this::run);
  }

  /** Says that the journal grew; helps to seal where it grows faster than it is sealed. */
  void appended(int batches) {
    long unsealed = sinceSealed.addAndGet(batches);
    if (unsealed > BATCHES_TO_ASSIST) {
      tick(false);
    } else if (unsealed > BATCHES_TO_WAKE && wake.availablePermits() == 0) {
      wake.release();
    }
  }

  /** Seals the machines that have at least so many batches in the journal. */
  void seal(int leastBatches) {
    sinceSealed.set(0);
    var due = database.read("seal", session -> Sealer.due(session, leastBatches));
    for (var machine : due) {
      int left = machine.batches();
      while (left > 0 && !closing) {
        int sealed = database.write("seal", session -> sealer.seal(session, machine.id()));
        // Another thread may have sealed the rest.
        left = sealed == 0 ? 0 : left - sealed;
      }
    }
  }

  /** Seals everything and deletes what is too old. */
  void full() {
    seal(1);
    retention.run(context.time().instant());
  }

  @Override
  public void close() {
    closing = true;
    wake.release();
    try {
      loop.get(5, TimeUnit.SECONDS);
      sealer.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("history_upkeep_not_ended", "the upkeep of history does not end", e);
    }
  }

  private void run() {
    long fullAt = context.time().nanoTime() + FIRST_AFTER.toNanos();
    while (awaitTick()) {
      long now = context.time().nanoTime();
      boolean isFull = now - fullAt >= 0;
      if (isFull) {
        fullAt = now + FULL_EVERY.toNanos();
      }
      tick(isFull);
    }
  }

  private void tick(boolean isFull) {
    try {
      if (isFull) {
        full();
      } else {
        seal(BATCHES_TO_SEAL);
      }
    } catch (RuntimeException e) {
      failures.increment();
      LOG.warn(
          "history_upkeep_failed", "history could not be sealed or trimmed; it is tried again", e);
    }
  }

  private boolean awaitTick() {
    try {
      boolean _ = wake.tryAcquire(TICK_SECONDS, TimeUnit.SECONDS);
      wake.drainPermits();
      return !closing;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
