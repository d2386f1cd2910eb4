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
import io.sysmonstm.spi.NotifierProvider;
import java.util.List;
import java.util.function.Supplier;

/** Evaluates rules on what comes in, and notifies. */
final class AlertsRole {
  static final RoleSettings SETTINGS = settings();

  /** What it works on, and where it learns of machines that it does not hear. */
  record Sources(AlertStore store, EventBus events, Supplier<List<MachineState>> machines) {}

  private AlertsRole() {}

  private static RoleSettings settings() {
    var role =
        RoleSettings.builder("alerts")
            .settings(AlertSettings.all())
            .choice(RoleKeys.CURRENT_STORE, CurrentStoreProvider.class)
            .choice(RoleKeys.HISTORY_STORE, AlertStoreProvider.class)
            .choice(RoleKeys.EVENTS_BUS, EventBusProvider.class)
            .instances(RoleKeys.NOTIFIERS, NotifierProvider.class, "log");
    Backends.refuseAlone(role, RoleKeys.HISTORY_STORE);
    Backends.refuseAlone(role, RoleKeys.EVENTS_BUS);
    return role.build();
  }

  /** Starts it in a process of its own. */
  static void start(RoleContext context, Lifecycle lifecycle) {
    var backends = new Backends(context, lifecycle);
    var events = backends.events();
    // Without a store that others fill, it knows of the machines that it hears.
    Supplier<List<MachineState>> machines =
        backends.isCurrentShared() ? backends.current()::machines : List::of;
    start(context, lifecycle, new Sources(backends.alerts(), events, machines));
    context.health().optional("events", events::health);
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
