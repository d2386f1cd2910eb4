package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.SelfMetrics;
import java.util.concurrent.atomic.LongAdder;

/** What one dispatcher counts. */
final class DispatchCounters {
  final LongAdder told;
  final LongAdder failed;
  final LongAdder dropped;
  final LongAdder silenced;
  volatile int behind;

  DispatchCounters(SelfMetrics metrics, String notifier) {
    var labels = Labels.of("notifier", notifier);
    told =
        metrics.counter("alerts_notifications_total", "Notifications that were delivered.", labels);
    failed =
        metrics.counter(
            "alerts_notification_failures_total", "Attempts to notify that failed.", labels);
    dropped =
        metrics.counter(
            "alerts_notifications_dropped_total",
            "Notifications given up after the last attempt, or lost to a full queue.",
            labels);
    silenced =
        metrics.counter(
            "alerts_notifications_silenced_total",
            "Notifications that were held by a silence, or because the machine is down.",
            labels);
    metrics.gauge(
        "alerts_notification_queue_depth",
        "Notifications that were due, and failed or were put off for the limit, when last tried.",
        labels,
        () -> behind);
  }
}
