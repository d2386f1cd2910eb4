package io.sysmonstm.benchmarks;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.MetricKind;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * History as a ring of rows (series, time, value) in arrays: every sample is copied, as an encoder
 * of rows would, and nothing goes to a disk or a socket. Appended to by one thread.
 */
final class ArrayHistoryStore implements HistoryStore {
  private static final int ROWS = 1 << 16;

  private final int[] series = new int[ROWS];
  private final long[] observedAtMillis = new long[ROWS];
  private final double[] values = new double[ROWS];
  private volatile long rows;

  @Override
  public void append(List<Batch> batches) {
    long next = rows;
    for (int b = 0; b < batches.size(); b++) {
      var batch = batches.get(b);
      for (int i = 0; i < batch.size(); i++) {
        var from = batch.series(i);
        if (from.metric().kind() == MetricKind.GAUGE) {
          int row = (int) (next++ & (ROWS - 1));
          series[row] = from.index();
          observedAtMillis[row] = batch.observedAtMillis();
          values[row] = batch.value(i);
        }
      }
    }
    rows = next;
  }

  long rows() {
    return rows;
  }

  @Override
  public Map<UUID, SeqRanges> committed(String machineId) {
    return Map.of();
  }

  @Override
  public HistoryResult query(HistoryQuery query) {
    throw new UnsupportedOperationException("not asked in a benchmark");
  }

  @Override
  public Map<String, List<Sample>> newest(Instant since) {
    throw new UnsupportedOperationException("not asked in a benchmark");
  }

  @Override
  public Health health() {
    return Health.ok();
  }

  @Override
  public void close() {}
}
