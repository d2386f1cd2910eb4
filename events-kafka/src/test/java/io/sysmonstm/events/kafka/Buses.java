package io.sysmonstm.events.kafka;

import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.BatchBuilder;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Buses and events of the tests on a real broker. */
final class Buses {
  private static final SeriesRegistry SERIES = new SeriesRegistry();
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Buses() {}

  static KafkaEventBus.Builder builder(String address, String prefix, SelfMetrics counts) {
    return KafkaEventBus.builder(new SeriesRegistry())
        .bootstrapServers(List.of(address))
        .topicPrefix(prefix)
        .partitions(3)
        .metrics(counts)
        .properties(Map.of("heartbeat.interval.ms", "200", "session.timeout.ms", "1500"));
  }

  static MetricsEvent event(int machine, long seq) {
    return new BatchBuilder(SERIES, "web-" + machine, seq, START.plusSeconds(seq))
        .sample("cpu_percent", (int) (seq % 100))
        .event();
  }

  static String name(Event event) {
    return event.machineId() + "/" + ((MetricsEvent) event).batch().seq();
  }

  static Set<String> names(Collection<Event> events) {
    var names = new TreeSet<String>();
    events.forEach(event -> names.add(name(event)));
    return names;
  }

  static double count(SelfMetrics metrics, String name) {
    return metrics.collect().stream()
        .filter(reading -> reading.name().equals(name))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }
}
