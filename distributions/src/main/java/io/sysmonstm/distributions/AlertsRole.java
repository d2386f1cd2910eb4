package io.sysmonstm.distributions;

import io.sysmonstm.alerts.engine.AlertEngine;
import io.sysmonstm.alerts.engine.AlertSettings;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.RoleSettings;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.Setting;
import java.util.List;
import java.util.function.Supplier;

/** Evaluates rules on what comes in, and notifies. */
final class AlertsRole {
  private static final Setting<List<String>> CURRENT_STORE =
      Setting.list(
              RoleKeys.CURRENT_STORE.key(),
              "Where it is read which machines there are, so that those are missed too that fell"
                  + " silent unheard.")
          .withDefault("");

  /** What it reads beside the current state, of which a standalone has its own. */
  static final RoleSettings SETTINGS = settings().build();

  /** What it reads in a process of its own. */
  static final RoleSettings ALONE = alone();

  /** What it works on, and where it learns of machines that it does not hear, and of the past. */
  record Sources(
      AlertStore store,
      HistoryStore history,
      EventBus events,
      Supplier<List<MachineState>> machines) {}

  private AlertsRole() {}

  private static RoleSettings.Builder settings() {
    return RoleSettings.builder("alerts")
        .settings(AlertSettings.all())
        .choice(RoleKeys.HISTORY_STORE, AlertStoreProvider.class)
        .choice(RoleKeys.HISTORY_STORE, HistoryStoreProvider.class)
        .choice(RoleKeys.EVENTS_BUS, EventBusProvider.class)
        .instances(RoleKeys.NOTIFIERS, NotifierProvider.class, "log");
  }

  private static RoleSettings alone() {
    var role = settings().choice(CURRENT_STORE, CurrentStoreProvider.class);
    Backends.refuseAlone(role, RoleKeys.HISTORY_STORE);
    Backends.refuseAlone(role, RoleKeys.EVENTS_BUS);
    return role.build();
  }

  /** Starts it in a process of its own. */
  static void start(RoleContext context, Lifecycle lifecycle) {
    var backends = new Backends(context, lifecycle);
    var events = backends.events();
    var sources =
        new Sources(backends.alerts(), backends.history(), events, machines(context, lifecycle));
    start(context, lifecycle, sources);
    context.health().optional("events", events::health);
  }

  private static Supplier<List<MachineState>> machines(RoleContext context, Lifecycle lifecycle) {
    var stores =
        context.settings().get(CURRENT_STORE).stream()
            .map(
                type ->
                    lifecycle.own(
                        "current store", context.create(CurrentStoreProvider.class, type)))
            .toList();
    return () -> stores.stream().flatMap(store -> store.machines().stream()).toList();
  }

  /** Starts it on a given store and bus. */
  static void start(RoleContext context, Lifecycle lifecycle, Sources sources) {
    var host = context.host();
    var settings = context.settings();
    var events = sources.events;
    var builder =
        AlertEngine.builder(events, events, sources.store, host.executor())
            .rules(AlertSettings.rules(settings, host.metrics()))
            .machines(sources.machines)
            .history(sources.history)
            .groupWait(settings.get(AlertSettings.GROUP_WAIT))
            .repeat(settings.get(AlertSettings.REPEAT))
            .maxNotices(settings.get(AlertSettings.MAX_NOTICES))
            .time(host.time())
            .metrics(host.metrics());
    for (var notifier : context.notifiers()) {
      builder.notifier(
          notifier.name(), lifecycle.own("notifier " + notifier.name(), context.create(notifier)));
    }
    var engine = lifecycle.own("alerts", builder.build());
    engine.start();
    context.health().add("alerts", engine::readiness);
  }
}
