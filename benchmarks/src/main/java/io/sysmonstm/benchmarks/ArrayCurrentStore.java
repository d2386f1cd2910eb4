package io.sysmonstm.benchmarks;

import io.sysmonstm.api.MachineState;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.MetricsEvent;
import java.util.List;
import java.util.Optional;

/**
 * Current state as two arrays keyed by series index: the real work of keeping the newest value by
 * sample time, and nothing else. Each machine is written by one thread at a time; it is not read
 * while measured.
 */
final class ArrayCurrentStore implements CurrentStore {
  private final double[] values;
  private final long[] observedAtMillis;

  ArrayCurrentStore(int series) {
    values = new double[series];
    observedAtMillis = new long[series];
  }

  @Override
  public void update(MetricsEvent received) {
    var batch = received.batch();
    long time = batch.observedAtMillis();
    for (int i = 0; i < batch.size(); i++) {
      int index = batch.series(i).index();
      if (time >= observedAtMillis[index]) {
        observedAtMillis[index] = time;
        values[index] = batch.value(i);
      }
    }
  }

  double sum() {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  @Override
  public Optional<MachineState> machine(String machineId) {
    return Optional.empty();
  }

  @Override
  public List<MachineState> machines() {
    return List.of();
  }

  @Override
  public void forget(String machineId) {
    throw new UnsupportedOperationException("nobody is forgotten while it is measured");
  }

  @Override
  public Health health() {
    return Health.ok();
  }

  @Override
  public void close() {}
}
