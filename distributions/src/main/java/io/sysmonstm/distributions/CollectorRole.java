package io.sysmonstm.distributions;

import io.sysmonstm.collector.core.Collector;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.MachineId;
import io.sysmonstm.spi.MetricSenderProvider;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.MetricSourceProvider;
import java.util.ArrayList;

/** Reads the sensors of this machine and sends them. */
final class CollectorRole {
  private CollectorRole() {}

  /** Starts the collector and adds its parts to the lifecycle. */
  static void start(RoleContext context, Lifecycle lifecycle) {
    var settings = context.settings();
    var host = context.host();
    var machineId =
        settings.find(RoleKeys.MACHINE_ID).orElseGet(() -> MachineId.in(host.dataDirectory()));
    var sender =
        lifecycle.own("sender", context.create(MetricSenderProvider.class, RoleKeys.TRANSPORT));
    var sources = new ArrayList<MetricSource>();
    for (var type : settings.get(RoleKeys.SOURCES)) {
      sources.addAll(context.create(MetricSourceProvider.class, type));
    }
    var builder =
        Collector.builder(machineId, sender)
            .sources(sources)
            .interval(settings.get(RoleKeys.COLLECTION_INTERVAL))
            .time(host.time())
            .metrics(host.metrics())
            .series(host.series());
    settings.find(RoleKeys.TAGS).ifPresent(tags -> tags.forEach(builder::tag));
    var collector = builder.build();
    collector.start();
    lifecycle.own("collector", collector);
  }
}
