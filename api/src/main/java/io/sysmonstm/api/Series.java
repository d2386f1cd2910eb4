package io.sysmonstm.api;

/**
 * One interned series: machine, metric and labels. Made only by a {@link SeriesRegistry}; two
 * series of one registry are the same series exactly if they are the same object. Immutable.
 */
public final class Series {
  private final String machineId;
  private final MetricDescriptor metric;
  private final Labels labels;
  private final int index;

  Series(String machineId, MetricDescriptor metric, Labels labels, int index) {
    this.machineId = machineId;
    this.metric = metric;
    this.labels = labels;
    this.index = index;
  }

  /** {@return the id of the machine} */
  public String machineId() {
    return machineId;
  }

  /** {@return what is known of the metric} */
  public MetricDescriptor metric() {
    return metric;
  }

  /** {@return the labels} */
  public Labels labels() {
    return labels;
  }

  /**
   * {@return the dense index in its registry, from 0; stores and rules key their own arrays by it}
   */
  public int index() {
    return index;
  }

  /**
   * {@return whether a value may be a sample of this series: finite, and in the metric's range}
   *
   * @param value in the metric's unit
   */
  public boolean accepts(double value) {
    // Not a number fails both comparisons, so that one range check covers everything but
    // infinities.
    return value >= metric.minimum() && value <= metric.maximum() && Double.isFinite(value);
  }

  @Override
  public String toString() {
    return machineId + ":" + metric.name() + labels;
  }
}
