package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * History in memory that keeps the promise of writing nothing twice, and fails or hangs when told
 * to. Thread-safe.
 */
final class FakeHistory implements HistoryStore {
  private record Key(String machineId, UUID epoch, long seq) {}

  final AtomicInteger attempts = new AtomicInteger();
  volatile boolean down;
  volatile Predicate<Batch> refuses = batch -> false;
  volatile @Nullable CountDownLatch hang;
  private final Map<Key, Batch> rows = new HashMap<>();
  private final Map<String, Map<UUID, SeqRanges>> committed = new HashMap<>();
  private final List<Integer> appends = new ArrayList<>();

  @Override
  public void append(List<Batch> batches) {
    attempts.incrementAndGet();
    var gate = hang;
    if (gate != null) {
      await(gate);
    }
    if (down) {
      throw new StoreUnavailableException("history is down on purpose", null);
    }
    if (batches.stream().anyMatch(batch -> batch.size() > 0 && refuses.test(batch))) {
      throw new IllegalArgumentException("refused on purpose");
    }
    synchronized (this) {
      appends.add(batches.size());
      for (var batch : batches) {
        var epochs = committed.computeIfAbsent(batch.machineId(), id -> new HashMap<>());
        if (epochs.computeIfAbsent(batch.epoch(), id -> new SeqRanges()).add(batch.seq())) {
          rows.put(new Key(batch.machineId(), batch.epoch(), batch.seq()), batch);
        }
      }
    }
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    }
  }

  @Override
  public Map<UUID, SeqRanges> committed(String machineId) {
    if (down) {
      throw new StoreUnavailableException("history is down on purpose", null);
    }
    synchronized (this) {
      var copy = new HashMap<UUID, SeqRanges>();
      committed
          .getOrDefault(machineId, Map.of())
          .forEach((epoch, ranges) -> copy.put(epoch, new SeqRanges(ranges.ranges())));
      return copy;
    }
  }

  synchronized int batches() {
    return rows.size();
  }

  synchronized int samples() {
    return rows.values().stream().mapToInt(Batch::size).sum();
  }

  synchronized List<Integer> appends() {
    return List.copyOf(appends);
  }

  synchronized List<Batch> all() {
    return List.copyOf(rows.values());
  }

  @Override
  public HistoryResult query(HistoryQuery query) {
    throw new UnsupportedOperationException("not asked by an aggregator");
  }

  @Override
  public Map<String, List<Sample>> newest(Instant since) {
    throw new UnsupportedOperationException("not asked by an aggregator");
  }

  @Override
  public Health health() {
    return Health.ok();
  }

  @Override
  public void close() {}
}
