package io.sysmonstm.distributions;

import io.sysmonstm.alerts.engine.AlertSettings;
import io.sysmonstm.api.Durations;
import io.sysmonstm.api.Names;
import io.sysmonstm.gateway.helidon.GatewaySettings;
import io.sysmonstm.plugin.host.RoleSettings;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.IngestServerProvider;
import io.sysmonstm.spi.MetricSenderProvider;
import io.sysmonstm.spi.MetricSourceProvider;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The configuration keys of the roles, and which plugins they choose by them. */
final class RoleKeys {
  static final String TRANSPORT = "grpc";
  static final String NOTIFIERS = "alerts.notifiers";

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
              RoleKeys::interval)
          .withDefault("5s");

  static final Setting<Map<String, String>> TAGS =
      Setting.map("collector.tags", "Tags of this machine, for rules and for the page.");

  /**
   * Declared by the transport, which says what it accepts; here only to be asked for and replaced.
   */
  static final Setting<String> AGGREGATOR_URL =
      Setting.text("collector.aggregator-url", "Where the aggregator listens.");

  /** Declared by the transport and by the gateway; here only to be checked. */
  static final Setting<Endpoint> AGGREGATOR_LISTEN =
      Endpoint.listen("aggregator.listen", "Where collectors send to.");

  static final Setting<Endpoint> GATEWAY_LISTEN =
      Endpoint.listen("gateway.listen", "Where the page is.");

  static final Setting<List<String>> SOURCES =
      Setting.list("collector.sources", "The sources of metrics.").withDefault("oshi");

  static final Setting<String> CURRENT_STORE =
      Setting.text("current.store", "Where the newest state is kept.").withDefault("embedded");

  static final Setting<String> HISTORY_STORE =
      Setting.text("history.store", "Where history, alerts and rules are kept.")
          .withDefault("embedded");

  static final Setting<String> EVENTS_BUS =
      Setting.text("events.bus", "What carries events.").withDefault("local");

  static final Setting<Integer> BATCH_MAX_SAMPLES =
      Setting.number(
              "aggregator.batch.max-samples",
              "History is written at this many samples.",
              1,
              1_000_000)
          .withDefault("5000");

  static final Setting<Duration> BATCH_MAX_AGE =
      Setting.duration("aggregator.batch.max-age", "History is written after this time.")
          .withDefault("200ms");

  static final RoleSettings COLLECTOR =
      RoleSettings.builder("collector")
          .settings(List.of(MACHINE_ID, COLLECTION_INTERVAL, TAGS))
          .choice(SOURCES, MetricSourceProvider.class)
          .plugin(MetricSenderProvider.class, TRANSPORT)
          .build();

  static final RoleSettings STANDALONE =
      RoleSettings.builder("standalone")
          .flagPrefixes("aggregator", "alerts", "gateway")
          .include(COLLECTOR)
          .settings(List.of(BATCH_MAX_SAMPLES, BATCH_MAX_AGE))
          .settings(AlertSettings.all())
          .settings(GatewaySettings.all())
          .choice(CURRENT_STORE, CurrentStoreProvider.class)
          .choice(HISTORY_STORE, HistoryStoreProvider.class)
          .choice(HISTORY_STORE, AlertStoreProvider.class)
          .choice(EVENTS_BUS, EventBusProvider.class)
          .plugin(IngestServerProvider.class, TRANSPORT)
          .instances(NOTIFIERS, NotifierProvider.class, "log")
          .build();

  /** Every role, by the name of its command. */
  static final List<RoleSettings> ALL = List.of(STANDALONE, COLLECTOR);

  private RoleKeys() {}

  private static Optional<Duration> interval(String text) {
    return Durations.parse(text).filter(interval -> interval.compareTo(Duration.ofSeconds(1)) >= 0);
  }
}
