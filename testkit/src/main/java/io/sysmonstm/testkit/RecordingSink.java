package io.sysmonstm.testkit;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.SampleSink;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Keeps what a source adds, unchecked. Confined to one thread. */
public final class RecordingSink implements SampleSink {
  /**
   * What was added.
   *
   * @param metric the metric's name
   * @param labels the labels
   * @param value the value
   */
  public record Added(String metric, Labels labels, double value) {}

  private final List<Added> samples = new ArrayList<>();
  private List<TopProcess> processes = List.of();

  /** Creates an empty one. */
  public RecordingSink() {}

  @Override
  public void add(String metric, Labels labels, double value) {
    samples.add(new Added(metric, labels, value));
  }

  @Override
  public void topProcesses(List<TopProcess> value) {
    processes = List.copyOf(value);
  }

  /** {@return all samples, in the order they were added} */
  public List<Added> samples() {
    return List.copyOf(samples);
  }

  /** {@return the top processes that were set last} */
  public List<TopProcess> processes() {
    return processes;
  }

  /**
   * {@return the value that was added first for a series}
   *
   * @param metric the metric's name
   * @param labels the labels
   */
  public OptionalDouble value(String metric, Labels labels) {
    return samples.stream()
        .filter(sample -> sample.metric.equals(metric) && sample.labels.equals(labels))
        .mapToDouble(Added::value)
        .findFirst();
  }

  /**
   * {@return the value that was added first for a series without labels}
   *
   * @param metric the metric's name
   */
  public OptionalDouble value(String metric) {
    return value(metric, Labels.empty());
  }
}
