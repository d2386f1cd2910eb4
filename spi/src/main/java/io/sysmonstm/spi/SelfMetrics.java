package io.sysmonstm.spi;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MetricKind;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * What sysmonstm counts of itself: every drop, refusal and failure, and the depth of every queue.
 * Exposed as {@code sysmonstm_self_…}. Thread-safe; counting takes no lock.
 */
public final class SelfMetrics {
  /**
   * One reading.
   *
   * @param name snake_case, counters end in {@code _total}
   * @param help one sentence
   * @param kind counter or gauge
   * @param labels what tells it from others of the name
   * @param value the value now
   */
  public record Reading(String name, String help, MetricKind kind, Labels labels, double value) {}

  private record Key(String name, Labels labels) {}

  private record Entry(String help, MetricKind kind, DoubleSupplier value, LongAdder counter) {}

  private final Map<Key, Entry> entries = new ConcurrentHashMap<>();

  /** Creates an empty set. */
  public SelfMetrics() {}

  /**
   * {@return the counter of a name and labels, the same one at each call}
   *
   * @param name snake_case, ending in {@code _total}
   * @param help one sentence
   * @param labels a bounded set of values
   */
  public LongAdder counter(String name, String help, Labels labels) {
    return entries.computeIfAbsent(
            new Key(name, labels),
            key -> {
              var counter = new LongAdder();
              return new Entry(help, MetricKind.COUNTER, counter::sum, counter);
            })
        .counter;
  }

  /**
   * {@return the counter of a name without labels}
   *
   * @param name snake_case, ending in {@code _total}
   * @param help one sentence
   */
  public LongAdder counter(String name, String help) {
    return counter(name, help, Labels.empty());
  }

  /**
   * Registers a gauge; one of the same name and labels is replaced.
   *
   * @param name snake_case
   * @param help one sentence
   * @param labels a bounded set of values
   * @param value read at each collection, from any thread; must not block
   */
  public void gauge(String name, String help, Labels labels, DoubleSupplier value) {
    entries.put(new Key(name, labels), new Entry(help, MetricKind.GAUGE, value, new LongAdder()));
  }

  /** {@return all readings, ordered by name and labels} */
  public List<Reading> collect() {
    return entries.entrySet().stream()
        .map(
            entry ->
                new Reading(
                    entry.getKey().name,
                    entry.getValue().help,
                    entry.getValue().kind,
                    entry.getKey().labels,
                    entry.getValue().value.getAsDouble()))
        .sorted(Comparator.comparing(Reading::name).thenComparing(Reading::labels))
        .toList();
  }
}
