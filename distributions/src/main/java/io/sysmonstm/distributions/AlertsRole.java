package io.sysmonstm.distributions;

import io.sysmonstm.alerts.engine.AlertEngine;
import io.sysmonstm.alerts.engine.AlertSettings;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.RoleSettings;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.NotifierProvider;

/** Evaluates rules on what comes in, and notifies. */
final class AlertsRole {
  static final RoleSettings SETTINGS = settings();

  private AlertsRole() {}

  private static RoleSettings settings() {
    var role =
        RoleSettings.builder("alerts")
            .settings(AlertSettings.all())
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
    start(context, lifecycle, backends.alerts(), events);
    context.health().optional("events", events::health);
  }

  /** Starts it on a given store and bus. */
  static void start(RoleContext context, Lifecycle lifecycle, AlertStore store, EventBus events) {
    var host = context.host();
    var builder =
        AlertEngine.builder(events, events, store, host.executor())
            .rules(AlertSettings.rules(context.settings(), host.metrics()))
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
