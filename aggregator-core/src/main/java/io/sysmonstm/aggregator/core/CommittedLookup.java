package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.HistoryStore;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Asks history what it has of a machine, without making a collector wait for one that is away: a
 * handshake is then answered with what is known here, and whatever is sent twice is left out by
 * number. Thread-safe.
 */
final class CommittedLookup {
  private static final EventLog LOG = EventLog.of(Aggregator.class);

  private final HistoryStore history;
  private final BooleanSupplier away;
  private final Duration patience;
  private final Counters counters;

  CommittedLookup(
      HistoryStore history, BooleanSupplier away, Duration patience, Counters counters) {
    this.history = history;
    this.away = away;
    this.patience = patience;
    this.counters = counters;
  }

  /** {@return what history has of a machine, by epoch; empty where it cannot say} */
  Map<UUID, SeqRanges> of(String machineId) {
    if (away.getAsBoolean()) {
      counters.committedUnknown.increment();
      return Map.of();
    }
    var question = new FutureTask<>(() -> history.committed(machineId));
    Thread.ofVirtual().name("aggregator-committed").start(question);
    try {
      return question.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      return unknown(machineId, e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      question.cancel(true);
      return unknown(machineId, e);
    } catch (InterruptedException e) {
      question.cancel(true);
      Thread.currentThread().interrupt();
      return unknown(machineId, e);
    }
  }

  private Map<UUID, SeqRanges> unknown(String machineId, Throwable cause) {
    counters.committedUnknown.increment();
    LOG.warn(
        "committed_unknown",
        "history cannot say what it has; the collector sends all that it keeps",
        cause,
        "machine",
        machineId);
    return Map.of();
  }
}
