package io.sysmonstm.benchmarks;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.SeriesRegistry;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Machines with realistic series: a third without labels, the rest per core, per mount point and
 * per interface. Their arrays are made once, as a decoder's are per batch, so that what is measured
 * starts with the decoded batch.
 */
final class Fleet {
  private static final UUID EPOCH = new UUID(11, 12);
  private static final List<String> PLAIN =
      List.of(
          "cpu_percent",
          "memory_percent",
          "swap_percent",
          "load_avg_1m",
          "load_avg_5m",
          "load_avg_15m",
          "process_count",
          "thread_count",
          "uptime_seconds",
          "memory_used_bytes");

  private final String[] machineIds;
  private final Series[][] series;
  private final double[][] values;
  private final long[] seqs;

  Fleet(SeriesRegistry registry, int machines, int samples) {
    machineIds = new String[machines];
    series = new Series[machines][samples];
    values = new double[machines][samples];
    seqs = new long[machines];
    for (int machine = 0; machine < machines; machine++) {
      machineIds[machine] = "machine-" + machine;
      for (int i = 0; i < samples; i++) {
        series[machine][i] = series(registry, machineIds[machine], i);
        values[machine][i] = (machine + i) % 100;
      }
    }
  }

  private static Series series(SeriesRegistry registry, String machineId, int i) {
    if (i < PLAIN.size()) {
      return registry.intern(machineId, PLAIN.get(i), Labels.empty()).orElseThrow();
    }
    var labels =
        switch (i % 3) {
          case 0 -> Labels.of("core", Integer.toString(i));
          case 1 -> Labels.of("mount", "/data/" + i);
          default -> Labels.of("interface", "eth" + i);
        };
    var metric =
        switch (i % 3) {
          case 0 -> "cpu_percent_per_core";
          case 1 -> "disk_percent";
          default -> "network_recv_bytes_sec";
        };
    return registry.intern(machineId, metric, labels).orElseThrow();
  }

  String machineId(int machine) {
    return machineIds[machine];
  }

  UUID epoch() {
    return EPOCH;
  }

  /** {@return the next batch of a machine: one object around arrays that all its batches share} */
  Batch next(int machine, Instant observedAt) {
    return new Batch(
        machineIds[machine],
        EPOCH,
        ++seqs[machine],
        observedAt.toEpochMilli(),
        series[machine],
        values[machine],
        List.of(),
        false);
  }
}
