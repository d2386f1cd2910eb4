package io.sysmonstm.distributions;

import io.sysmonstm.aggregator.core.Aggregator;
import io.sysmonstm.identity.MachineAuthority;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.RoleSettings;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.AccessStoreProvider;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.IngestServerProvider;
import io.sysmonstm.spi.Setting;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Takes what collectors send, keeps it, and tells the others of it. */
final class AggregatorRole {
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

  static final RoleSettings SETTINGS =
      RoleSettings.builder("aggregator")
          .settings(List.of(BATCH_MAX_SAMPLES, BATCH_MAX_AGE))
          .settings(Enrolment.ALL)
          .choice(RoleKeys.CURRENT_STORE, CurrentStoreProvider.class)
          .choice(RoleKeys.HISTORY_STORE, HistoryStoreProvider.class)
          .choice(RoleKeys.HISTORY_STORE, AccessStoreProvider.class)
          .choice(RoleKeys.EVENTS_BUS, EventBusProvider.class)
          .plugin(IngestServerProvider.class, RoleKeys.TRANSPORT)
          .build();

  private static final Duration STREAM_GRACE = Duration.ofSeconds(2);

  private AggregatorRole() {}

  /** Starts it in a process of its own. */
  static void start(RoleContext context, Lifecycle lifecycle) {
    var settings = context.settings();
    new ListenCheck(settings)
        .add(RoleKeys.AGGREGATOR_LISTEN, Enrolment.isSecured(settings))
        .apply(context, lifecycle);
    var backends = new Backends(context, lifecycle);
    backends.warnAlone(
        Map.of(
            RoleKeys.CURRENT_STORE, "gateways show no machine",
            RoleKeys.HISTORY_STORE, "gateways show no history",
            RoleKeys.EVENTS_BUS, "there are no alerts, and gateways show nothing live"));
    var current = backends.current();
    var aggregator = start(context, lifecycle, current, backends.history(), backends.events());
    listen(
        context, lifecycle, aggregator, current, authority(context, lifecycle, backends::access));
  }

  /** Begins to let machines in, where they have to be enrolled. */
  static Optional<MachineAuthority> authority(
      RoleContext context, Lifecycle lifecycle, Supplier<AccessStore> store) {
    return context.settings().get(Enrolment.ENABLED)
        ? Optional.of(Enrolment.start(context, lifecycle, store.get()))
        : Optional.empty();
  }

  /** Starts it on given stores and a bus; it takes no streams yet. */
  static Aggregator start(
      RoleContext context,
      Lifecycle lifecycle,
      CurrentStore current,
      HistoryStore history,
      EventBus events) {
    var host = context.host();
    var settings = context.settings();
    var aggregator =
        lifecycle.own(
            "aggregator",
            Aggregator.builder(current, history, events)
                .series(host.series())
                .time(host.time())
                .metrics(host.metrics())
                .batchMaxSamples(settings.get(BATCH_MAX_SAMPLES))
                .batchMaxAge(settings.get(BATCH_MAX_AGE))
                .build());
    aggregator.start();
    context.health().add("aggregator", aggregator::readiness);
    return aggregator;
  }

  /** Begins to take streams; when it ends, clients are sent away before the aggregator ends. */
  static InetSocketAddress listen(
      RoleContext context,
      Lifecycle lifecycle,
      Aggregator aggregator,
      CurrentStore current,
      Optional<MachineAuthority> authority) {
    var server = context.create(IngestServerProvider.class, RoleKeys.TRANSPORT);
    lifecycle.onStop(
        "ingest",
        () -> {
          server.drain();
          server.stop(STREAM_GRACE);
        });
    return authority
        .map(known -> server.start(aggregator, current, known))
        .orElseGet(() -> server.start(aggregator, current));
  }
}
