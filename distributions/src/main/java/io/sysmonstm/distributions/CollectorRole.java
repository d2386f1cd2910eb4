package io.sysmonstm.distributions;

import io.sysmonstm.api.Durations;
import io.sysmonstm.api.Names;
import io.sysmonstm.collector.core.Collector;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.MachineId;
import io.sysmonstm.plugin.host.RoleSettings;
import io.sysmonstm.spi.MetricSenderProvider;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.MetricSourceProvider;
import io.sysmonstm.spi.Readiness;
import io.sysmonstm.spi.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the sensors of this machine and sends them. */
final class CollectorRole {
  static final Setting<String> MACHINE_ID =
      Setting.of(
          "collector.machine-id",
          "The id of this machine; left out, one is made and kept in the data directory.",
          "1 to 64 of A-Z a-z 0-9 . _ -",
          text -> Names.machineIdProblem(text).isEmpty() ? Optional.of(text) : Optional.empty());

  static final Setting<Duration> COLLECTION_INTERVAL =
      Setting.of(
              "collector.collection-interval",
              "How often the sensors are read.",
              "a duration of 1s or more",
              CollectorRole::interval)
          .withDefault("5s");

  static final Setting<Map<String, String>> TAGS =
      Setting.map("collector.tags", "Tags of this machine, for rules and for the page.");

  /**
   * Declared by the transport, which says what it accepts; here only to be asked for and replaced.
   */
  static final Setting<String> AGGREGATOR_URL =
      Setting.text("collector.aggregator-url", "Where the aggregator listens.");

  static final Setting<List<String>> SOURCES =
      Setting.list("collector.sources", "The sources of metrics.").withDefault("oshi");

  static final RoleSettings SETTINGS =
      RoleSettings.builder("collector")
          .settings(List.of(MACHINE_ID, COLLECTION_INTERVAL, TAGS))
          .settings(SpoolKeys.ALL)
          .choice(SOURCES, MetricSourceProvider.class)
          .plugin(MetricSenderProvider.class, RoleKeys.TRANSPORT)
          .build();

  private CollectorRole() {}

  /** Starts the collector and adds its parts to the lifecycle. */
  static void start(RoleContext context, Lifecycle lifecycle) {
    var settings = context.settings();
    var host = context.host();
    var machineId = settings.find(MACHINE_ID).orElseGet(() -> MachineId.in(host.dataDirectory()));
    var sender =
        lifecycle.own("sender", context.create(MetricSenderProvider.class, RoleKeys.TRANSPORT));
    var sources = new ArrayList<MetricSource>();
    for (var type : settings.get(SOURCES)) {
      sources.addAll(context.create(MetricSourceProvider.class, type));
    }
    var builder =
        Collector.builder(machineId, sender)
            .sources(sources)
            .interval(settings.get(COLLECTION_INTERVAL))
            .time(host.time())
            .metrics(host.metrics())
            .series(host.series());
    SpoolKeys.apply(settings, host.dataDirectory(), builder);
    settings.find(TAGS).ifPresent(tags -> tags.forEach(builder::tag));
    var collector = builder.build();
    collector.start();
    lifecycle.own("collector", collector);
    context.health().add("collector", () -> readiness(collector));
  }

  /** It goes on collecting while nothing can be delivered. */
  private static Readiness readiness(Collector collector) {
    var status = collector.status();
    return new Readiness(
        status.running(), Map.of("delivery", status.health(), "spool", status.spool()));
  }

  private static Optional<Duration> interval(String text) {
    return Durations.parse(text).filter(interval -> interval.compareTo(Duration.ofSeconds(1)) >= 0);
  }
}
