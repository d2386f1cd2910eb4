package io.sysmonstm.api;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * One collection cycle of one machine: one time, many samples. The unit of transport, of an event
 * and of acknowledgement; (machine, epoch, seq) names it for life. Samples lie in parallel arrays,
 * so that going through them allocates nothing. Immutable, so far as whoever made it keeps its
 * hands off the arrays.
 */
public final class Batch {
  private final String machineId;
  private final UUID epoch;
  private final long seq;
  private final long observedAtMillis;
  private final Series[] series;
  private final double[] values;
  private final List<TopProcess> topProcesses;
  private final boolean replay;

  /**
   * Creates a batch.
   *
   * @param machineId the machine that all the series belong to
   * @param epoch the numbering that seq belongs to
   * @param seq 1 or more, rising by one with each batch of an epoch
   * @param observedAtMillis when it was collected, in milliseconds of Unix time
   * @param series the series of each sample; the array is taken over, not copied
   * @param values the value of each sample, as many as series; taken over, not copied
   * @param topProcesses the top processes, or empty in cycles that do not carry them
   * @param replay whether it was kept back while the link was down: for history only
   * @throws RequestException with {@link ErrorCode#INVALID_ARGUMENT} where the arrays differ in
   *     length or seq is less than 1
   */
  public Batch(
      String machineId,
      UUID epoch,
      long seq,
      long observedAtMillis,
      Series[] series,
      double[] values,
      List<TopProcess> topProcesses,
      boolean replay) {
    if (series.length != values.length) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "batch with %d series and %d values: expected as many of each"
              .formatted(series.length, values.length));
    }
    if (seq < 1) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT, "batch with seq %d: expected 1 or more".formatted(seq));
    }
    this.machineId = machineId;
    this.epoch = epoch;
    this.seq = seq;
    this.observedAtMillis = observedAtMillis;
    this.series = series;
    this.values = values;
    this.topProcesses = List.copyOf(topProcesses);
    this.replay = replay;
  }

  /** {@return the id of the machine} */
  public String machineId() {
    return machineId;
  }

  /** {@return the numbering that {@link #seq} belongs to} */
  public UUID epoch() {
    return epoch;
  }

  /** {@return the number in its epoch, from 1} */
  public long seq() {
    return seq;
  }

  /** {@return when it was collected, in milliseconds of Unix time} */
  public long observedAtMillis() {
    return observedAtMillis;
  }

  /** {@return when it was collected} */
  public Instant observedAt() {
    return Instant.ofEpochMilli(observedAtMillis);
  }

  /** {@return the number of samples} */
  public int size() {
    return values.length;
  }

  /**
   * {@return the series of a sample}
   *
   * @param sample 0 to {@link #size} - 1
   */
  public Series series(int sample) {
    return series[sample];
  }

  /**
   * {@return the value of a sample}
   *
   * @param sample 0 to {@link #size} - 1
   */
  public double value(int sample) {
    return values[sample];
  }

  /** {@return the top processes, empty in cycles that do not carry them} */
  public List<TopProcess> topProcesses() {
    return topProcesses;
  }

  /**
   * {@return whether it was kept back while the link was down: for history, not for state or
   * alerts}
   */
  public boolean replay() {
    return replay;
  }

  /**
   * {@return the same batch as it is sent after it had to wait}
   *
   * @param late whether it counts as a replay
   */
  public Batch withReplay(boolean late) {
    return late == replay
        ? this
        : new Batch(machineId, epoch, seq, observedAtMillis, series, values, topProcesses, late);
  }

  /**
   * {@return the batch without the samples whose series do not accept their value; itself where all
   * do}
   */
  public Batch withoutRefused() {
    int kept = 0;
    for (int i = 0; i < values.length; i++) {
      if (series[i].accepts(values[i])) {
        kept++;
      }
    }
    if (kept == values.length) {
      return this;
    }
    var keptSeries = new Series[kept];
    var keptValues = new double[kept];
    int next = 0;
    for (int i = 0; i < values.length; i++) {
      if (series[i].accepts(values[i])) {
        keptSeries[next] = series[i];
        keptValues[next++] = values[i];
      }
    }
    return new Batch(
        machineId, epoch, seq, observedAtMillis, keptSeries, keptValues, topProcesses, replay);
  }

  @Override
  public String toString() {
    return "%s/%s/%d: %d samples at %s"
        .formatted(machineId, epoch, seq, values.length, observedAt());
  }
}
