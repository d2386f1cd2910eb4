package io.sysmonstm.api;

/**
 * One interned series: machine, metric and labels. Made only by a {@link SeriesRegistry}; two
 * series of one registry that are in use are the same series exactly if they are the same object.
 *
 * <p>A series that had no sample for long is forgotten by its registry, and its index is given to
 * another. Whoever keeps something by index compares the series too; whoever keeps series beyond a
 * stream asks {@link #isForgotten} before it uses one again. Thread-safe.
 */
public final class Series {
  private final String machineId;
  private final MetricDescriptor metric;
  private final Labels labels;
  private final int index;
  private final SeriesUse use;
  // Written without order by whoever uses it: any of the values that race is recent.
  private int usedIn;
  private volatile boolean forgotten;

  Series(String machineId, MetricDescriptor metric, Labels labels, int index, SeriesUse use) {
    this.machineId = machineId;
    this.metric = metric;
    this.labels = labels;
    this.index = index;
    this.use = use;
    this.usedIn = use.period;
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
   * It is given to another series once this one is forgotten.
   */
  public int index() {
    return index;
  }

  /**
   * {@return whether a value may be a sample of this series: finite, and in the metric's range}
   * Counts as a use of the series, which keeps it from being forgotten.
   *
   * @param value in the metric's unit
   */
  public boolean accepts(double value) {
    use();
    // Not a number fails both comparisons, so that one range check covers everything but
    // infinities.
    return value >= metric.minimum() && value <= metric.maximum() && Double.isFinite(value);
  }

  /** {@return whether the registry has forgotten it: the same series is another object by now} */
  public boolean isForgotten() {
    return forgotten;
  }

  void forget() {
    forgotten = true;
  }

  void use() {
    if (usedIn != use.period) {
      usedIn = use.period;
    }
  }

  boolean isUsedIn(int period) {
    return usedIn == period;
  }

  @Override
  public String toString() {
    return machineId + ":" + metric.name() + labels;
  }
}
