package io.sysmonstm.spi;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.TopProcess;
import java.util.List;

/** Takes what a source reads. Confined to the thread that collects. */
public interface SampleSink {
  /**
   * Adds a sample; one with an invalid name, label or value is dropped and counted.
   *
   * @param metric the metric's name
   * @param labels the labels of the series
   * @param value in the metric's unit; finite
   */
  void add(String metric, Labels labels, double value);

  /**
   * Adds a sample of a series without labels.
   *
   * @param metric the metric's name
   * @param value in the metric's unit; finite
   */
  default void add(String metric, double value) {
    add(metric, Labels.empty(), value);
  }

  /**
   * Sets the top processes of this cycle.
   *
   * @param processes the greatest users of CPU and memory, by CPU first
   */
  void topProcesses(List<TopProcess> processes);
}
