package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.AlertEvent.Change;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.SelfMetrics;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Carries changes of alerts to the store, then to the bus and the notifiers, in order. While the
 * store is down the changes wait, and people are told all the same: after a crash in that time they
 * may hear of one alert twice, which is better than not at all.
 */
public final class Outbox implements TransitionSink {
  private static final EventLog LOG = EventLog.of(Outbox.class);
  private static final int CAPACITY = 10_000;

  /** Failures in a row after which people are told before the store knows. */
  private static final int FAILURES_BEFORE_TELLING = 2;

  private static final class Entry {
    private final Alert alert;
    private final Change change;
    private final AtomicBoolean told = new AtomicBoolean();

    Entry(Alert alert, Change change) {
      this.alert = alert;
      this.change = change;
    }
  }

  private final AlertStore store;
  private final EventPublisher publisher;
  private final List<NotifierQueue> notifiers;
  private final Retry retry;
  private final Mailbox<Entry> mailbox = new Mailbox<>(CAPACITY);
  private final SelfMetrics metrics;
  private final LongAdder dropped;
  private final LongAdder storeFailures;
  private volatile Health health = Health.ok();

  /**
   * Creates an outbox that nobody works on yet.
   *
   * @param store keeps the alerts
   * @param publisher tells gateways and others
   * @param notifiers tell people
   * @param retry how to go on after a failure of the store; its attempts bound only failures that
   *     are not an outage
   * @param metrics where it counts
   */
  public Outbox(
      AlertStore store,
      EventPublisher publisher,
      List<NotifierQueue> notifiers,
      Retry retry,
      SelfMetrics metrics) {
    this.store = store;
    this.publisher = publisher;
    this.notifiers = List.copyOf(notifiers);
    this.retry = retry;
    this.metrics = metrics;
    dropped =
        metrics.counter(
            "alerts_changes_dropped_total",
            "Changes of alerts that were not stored: lost to a full queue, refused, or left at the end.");
    storeFailures =
        metrics.counter(
            "alerts_store_failures_total", "Attempts to store a change of an alert that failed.");
    metrics.gauge(
        "alerts_changes_waiting",
        "Changes of alerts that wait for the store.",
        Labels.empty(),
        () -> mailbox.size());
  }

  @Override
  public void changed(Alert alert, Change change) {
    metrics
        .counter(
            "alerts_changes_total",
            "Changes of alerts.",
            Labels.of("change", change.name().toLowerCase(Locale.ROOT)))
        .increment();
    var lost = mailbox.offer(new Entry(alert, change));
    if (lost != null) {
      drop(lost, "the queue is full or closed");
      tell(lost, lost.alert);
    }
  }

  /** {@return whether the last change could be stored} */
  public Health health() {
    return health;
  }

  /** Takes no more; what waits is still carried. */
  public void close() {
    mailbox.close();
  }

  /**
   * Works until the outbox is closed and empty.
   *
   * @throws InterruptedException where the worker is interrupted
   */
  public void run() throws InterruptedException {
    int failures = 0;
    for (var entry = mailbox.awaitOldest(); entry != null; entry = mailbox.awaitOldest()) {
      try {
        tell(entry, store(entry));
        failures = 0;
        health = Health.ok();
        mailbox.remove(entry);
      } catch (RuntimeException failure) {
        failures++;
        report(entry, failure);
        boolean outage = failure instanceof StoreUnavailableException && !mailbox.isClosed();
        if (failures >= FAILURES_BEFORE_TELLING) {
          mailbox.snapshot().forEach(waiting -> tell(waiting, waiting.alert));
        }
        if (!outage && failures >= retry.attempts()) {
          mailbox.remove(entry);
          drop(entry, "the store refused it");
          failures = 0;
        } else {
          mailbox.pause(retry.delay(failures));
        }
      }
    }
  }

  /**
   * Stores a change and returns the alert as it is stored, with an acknowledgement that the engine
   * does not know.
   */
  private Alert store(Entry entry) {
    if (entry.change == Change.CANCELLED) {
      store.forget(entry.alert.id());
      return entry.alert;
    }
    return store.save(entry.alert, List.of());
  }

  private void tell(Entry entry, Alert stored) {
    if (!entry.told.compareAndSet(false, true)) {
      return;
    }
    var event = new AlertEvent(stored, entry.change);
    publisher.publish(event);
    if (entry.change == Change.FIRED || entry.change == Change.RESOLVED) {
      notifiers.forEach(notifier -> notifier.offer(event));
    }
  }

  private void report(Entry entry, RuntimeException failure) {
    storeFailures.increment();
    health = Health.failing("changes of alerts cannot be stored; they wait");
    LOG.warn(
        "alert_store_failed",
        "A change of an alert could not be stored and is tried again",
        failure,
        "alert",
        entry.alert.id(),
        "waiting",
        mailbox.size());
  }

  private void drop(Entry entry, String why) {
    dropped.increment();
    LOG.error(
        "alert_change_dropped",
        "A change of an alert was not stored",
        null,
        "alert",
        entry.alert.id(),
        "rule",
        entry.alert.rule(),
        "change",
        entry.change.name(),
        "why",
        why);
  }
}
