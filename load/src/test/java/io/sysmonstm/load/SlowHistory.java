package io.sysmonstm.load;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** A history that needs time for each write, and keeps nothing. */
final class SlowHistory implements HistoryStore {
  private final Duration write;

  SlowHistory(Duration write) {
    this.write = write;
  }

  @Override
  public void append(List<Batch> batches) {
    LockSupport.parkNanos(write.toNanos());
  }

  @Override
  public Map<UUID, SeqRanges> committed(String machineId) {
    return Map.of();
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
