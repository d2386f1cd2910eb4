package io.sysmonstm.collector.core;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.SampleSink;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the samples of one source. A source adds much the same series in the same order each time,
 * so that the place of a sample says which series it is: then nothing is looked up, checked or
 * allocated. Confined to one thread at a time.
 */
final class SampleBuffer implements SampleSink {
  private final SeriesRegistry registry;
  private final String machineId;
  private final int maxSamples;
  // What was added at each place the last time, and the series it means; null where it means none.
  private String[] metrics = new String[16];
  private Labels[] labels = new Labels[16];
  private @Nullable Series[] resolved = new Series[16];
  private int places;
  private int place;
  private Series[] series = new Series[16];
  private double[] values = new double[16];
  private int size;
  private long refused;
  private List<TopProcess> topProcesses = List.of();
  private volatile boolean open;

  SampleBuffer(SeriesRegistry registry, String machineId, int maxSamples) {
    this.registry = registry;
    this.machineId = machineId;
    this.maxSamples = maxSamples;
  }

  /** Empties it, ready for the next reading. */
  void open() {
    place = 0;
    size = 0;
    refused = 0;
    topProcesses = List.of();
    open = true;
  }

  /** Ends the reading: what comes later is ignored. */
  void close() {
    open = false;
  }

  @Override
  public void add(String metric, Labels sampleLabels, double value) {
    if (!open) {
      return;
    }
    var target = resolve(metric, sampleLabels);
    if (target == null || !target.accepts(value) || size >= maxSamples) {
      refused++;
      return;
    }
    if (size == values.length) {
      series = Arrays.copyOf(series, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    series[size] = target;
    values[size++] = value;
  }

  @Override
  public void topProcesses(List<TopProcess> processes) {
    if (open) {
      topProcesses = List.copyOf(processes.subList(0, Math.min(processes.size(), 10)));
    }
  }

  private @Nullable Series resolve(String metric, Labels sampleLabels) {
    int at = place++;
    if (at < places && metrics[at].equals(metric) && labels[at].equals(sampleLabels)) {
      var known = resolved[at];
      if (known == null || !known.isForgotten()) {
        return known;
      }
    }
    var found = intern(metric, sampleLabels);
    if (at < maxSamples && metric != null && sampleLabels != null) {
      remember(at, metric, sampleLabels, found);
    }
    return found;
  }

  private @Nullable Series intern(String metric, Labels sampleLabels) {
    try {
      boolean valid =
          Names.metricProblem(metric).isEmpty()
              && Names.labelsProblem(sampleLabels.asMap()).isEmpty();
      return valid ? registry.intern(machineId, metric, sampleLabels).orElse(null) : null;
    } catch (RuntimeException notEvenText) {
      // Null for a name or a label: the source must not feel it.
      return null;
    }
  }

  private void remember(int at, String metric, Labels sampleLabels, @Nullable Series found) {
    if (at > places) {
      return;
    }
    if (at == metrics.length) {
      metrics = Arrays.copyOf(metrics, at * 2);
      labels = Arrays.copyOf(labels, at * 2);
      resolved = Arrays.copyOf(resolved, at * 2);
    }
    metrics[at] = metric;
    labels[at] = sampleLabels;
    resolved[at] = found;
    places = Math.max(places, at + 1);
  }

  int size() {
    return size;
  }

  Series series(int sample) {
    return series[sample];
  }

  double value(int sample) {
    return values[sample];
  }

  /** Samples that were not taken: a bad name, label or value, or too many. */
  long refused() {
    return refused;
  }

  List<TopProcess> topProcesses() {
    return topProcesses;
  }
}
