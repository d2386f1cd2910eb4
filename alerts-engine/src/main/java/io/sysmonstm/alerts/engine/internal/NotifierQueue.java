package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.SelfMetrics;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What one notifier still has to tell, in order; a slow one holds up nobody else. */
public final class NotifierQueue {
  private static final EventLog LOG = EventLog.of(NotifierQueue.class);
  private static final int CAPACITY = 1_000;

  private final String name;
  private final Notifier notifier;
  private final Retry retry;
  private final Mailbox<AlertEvent> mailbox = new Mailbox<>(CAPACITY);
  private final LongAdder told;
  private final LongAdder failed;
  private final LongAdder dropped;
  private volatile Health health = Health.ok();

  /**
   * Creates a queue that nobody works on yet.
   *
   * @param name of the notifier, in logs and metrics
   * @param notifier who tells people
   * @param retry how to go on after a failure
   * @param metrics where it counts
   */
  public NotifierQueue(String name, Notifier notifier, Retry retry, SelfMetrics metrics) {
    this.name = name;
    this.notifier = notifier;
    this.retry = retry;
    var labels = Labels.of("notifier", name);
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
    metrics.gauge(
        "alerts_notification_queue_depth", "Notifications waiting.", labels, () -> mailbox.size());
  }

  void offer(AlertEvent event) {
    var lost = mailbox.offer(event);
    if (lost != null) {
      drop(lost, "the queue is full");
    }
  }

  /** {@return the notifier's name} */
  public String name() {
    return name;
  }

  /** {@return whether the last attempt went well} */
  public Health health() {
    return health;
  }

  /** Takes no more; what waits is still told. */
  public void close() {
    mailbox.close();
  }

  /**
   * Works until the queue is closed and empty.
   *
   * @throws InterruptedException where the worker is interrupted
   */
  public void run() throws InterruptedException {
    for (var event = mailbox.awaitOldest(); event != null; event = mailbox.awaitOldest()) {
      tell(event);
      mailbox.remove(event);
    }
  }

  private void tell(AlertEvent event) throws InterruptedException {
    for (int failures = 0; failures < retry.attempts(); ) {
      try {
        var kind =
            event.change() == AlertEvent.Change.FIRED
                ? Notification.Kind.FIRED
                : Notification.Kind.RESOLVED;
        notifier.notify(
            new Notice(
                event.alert().id() + "-" + kind, List.of(new Notice.Item(event.alert(), kind)), 0));
        told.increment();
        health = Health.ok();
        return;
      } catch (InterruptedException stopped) {
        throw stopped;
      } catch (Exception failure) {
        failures++;
        failed.increment();
        health = Health.failing("cannot notify; tried again, see the log");
        LOG.warn(
            "notification_failed",
            "A notification could not be delivered and is tried again",
            failure,
            "notifier",
            name,
            "alert",
            event.alert().id(),
            "attempt",
            failures);
        mailbox.pause(retry.delay(failures));
      }
    }
    drop(event, "the last attempt failed");
  }

  private void drop(AlertEvent event, String why) {
    dropped.increment();
    LOG.error(
        "notification_dropped",
        "A notification was given up",
        null,
        "notifier",
        name,
        "alert",
        event.alert().id(),
        "why",
        why);
  }
}
