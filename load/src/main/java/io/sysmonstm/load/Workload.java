package io.sysmonstm.load;

import io.sysmonstm.transport.grpc.v1.SeriesDeclaration;

/**
 * What each machine sends. The value of a sample follows from machine, sequence number and series,
 * so that who reads the stores can tell whether one is missing, doubled or false.
 *
 * @param series samples per batch, 1 or more; series 0 has the sequence number as its value
 */
public record Workload(int series) {
  /** The series whose value is the sequence number of the batch. */
  public static final String SEQ_METRIC = "memory_used_bytes";

  private static final int MOUNTS_FROM = 8;

  /** Returns how a series is declared. */
  SeriesDeclaration declaration(int index) {
    var declaration = SeriesDeclaration.newBuilder().setId(index);
    if (index == 0) {
      return declaration.setMetric(SEQ_METRIC).build();
    }
    return index < MOUNTS_FROM
        ? declaration.setMetric("cpu_percent_per_core").putLabels("core", "" + index).build()
        : declaration.setMetric("disk_percent").putLabels("mount", "/data/" + index).build();
  }

  /**
   * Returns what a sample must be.
   *
   * @param machine the number of the machine
   * @param seq the sequence number of the batch
   * @param index which series
   */
  public static double value(int machine, long seq, int index) {
    return index == 0
        ? (double) seq
        : Math.floorMod(machine * 31L + seq * 7 + index * 13L, 1000) / 10.0;
  }
}
