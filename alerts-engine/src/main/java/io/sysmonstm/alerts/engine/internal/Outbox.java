package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.AlertEvent.Change;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.Notification.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Carries changes of alerts to the store, together with what people are owed of them, then to the
 * bus, in order. While the store is down the changes wait, and people are told all the same: after
 * a crash in that time they may hear of one alert twice, which is better than not at all.
 */
public final class Outbox implements TransitionSink {
  private static final EventLog LOG = EventLog.of(Outbox.class);
  private static final int CAPACITY = 10_000;

  /** Failures in a row after which people are told before the store knows. */
  private static final int FAILURES_BEFORE_TELLING = 2;

  private static final class Entry {
    private final Alert alert;
    private final Change change;
    private final AtomicBoolean published = new AtomicBoolean();

    Entry(Alert alert, Change change) {
      this.alert = alert;
      this.change = change;
    }
  }

  private final EngineContext context;
  private final EventPublisher publisher;
  private final List<Dispatcher> dispatchers;
  private final Retry retry;
  private final Mailbox<Entry> mailbox = new Mailbox<>(CAPACITY);
  private final GroupWait groupWait;
  private final LongAdder dropped;
  private final LongAdder storeFailures;
  private volatile Health health = Health.ok();
  private int failures;

  /**
   * Creates an outbox that nobody works on yet.
   *
   * @param context of the engine
   * @param publisher tells gateways and others
   * @param dispatchers tell people
   * @param retry how to go on after a failure of the store; its attempts bound only failures that
   *     are not an outage
   */
  public Outbox(
      EngineContext context, EventPublisher publisher, List<Dispatcher> dispatchers, Retry retry) {
    this.context = context;
    this.publisher = publisher;
    this.dispatchers = List.copyOf(dispatchers);
    this.retry = retry;
    this.groupWait = new GroupWait(context.delivery().groupWait());
    var metrics = context.metrics();
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
    context
        .metrics()
        .counter(
            "alerts_changes_total",
            "Changes of alerts.",
            Labels.of("change", change.name().toLowerCase(Locale.ROOT)))
        .increment();
    var kind = kind(change);
    if (kind != null) {
      var due = groupWait.due(alert.rule(), context.time().instant());
      dispatchers.forEach(dispatcher -> dispatcher.add(alert, kind, due));
    }
    var lost = mailbox.offer(new Entry(alert, change));
    if (lost != null) {
      drop(lost, "the queue is full or closed");
    }
  }

  private static @Nullable Kind kind(Change change) {
    return switch (change) {
      case FIRED -> Kind.FIRED;
      case RESOLVED -> Kind.RESOLVED;
      case PENDING, CANCELLED, ACKNOWLEDGED, SILENCED, UNSILENCED -> null;
    };
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
    while (mailbox.awaitOldest() != null) {
      if (!carryOldest()) {
        mailbox.pause(retry.delay(Math.max(1, failures)));
      }
    }
  }

  /** {@return whether nothing waits any more, or the oldest change that waited could be carried} */
  public boolean carryOldest() {
    var entry = mailbox.oldest();
    if (entry == null) {
      return true;
    }
    try {
      var stored = store(entry);
      failures = 0;
      health = Health.ok();
      publish(entry, stored);
      mailbox.remove(entry);
      return true;
    } catch (RuntimeException failure) {
      failures++;
      report(entry, failure);
      boolean outage = failure instanceof StoreUnavailableException && !mailbox.isClosed();
      if (failures >= FAILURES_BEFORE_TELLING) {
        mailbox.snapshot().forEach(this::release);
      }
      if (!outage && failures >= retry.attempts()) {
        mailbox.remove(entry);
        drop(entry, "the store refused it");
        failures = 0;
      }
      return false;
    }
  }

  /** {@return whether nothing waits} */
  public boolean isEmpty() {
    return mailbox.size() == 0;
  }

  /**
   * Stores a change and returns the alert as it is stored, with an acknowledgement that the engine
   * does not know.
   */
  private Alert store(Entry entry) {
    var alert = entry.alert;
    if (entry.change == Change.CANCELLED) {
      context.store().forget(alert.id());
      return alert;
    }
    var kind = kind(entry.change);
    if (kind == null) {
      return context.store().save(alert);
    }
    var owed = new ArrayList<Notification>();
    dispatchers.forEach(dispatcher -> owed.addAll(dispatcher.recent().owed(alert.id(), kind)));
    var stored = context.store().save(alert, owed);
    dispatchers.forEach(dispatcher -> dispatcher.recent().stored(alert.id(), kind));
    wakeDispatchers();
    return stored;
  }

  private void wakeDispatchers() {
    if (context.delivery().groupWait().isZero()) {
      dispatchers.forEach(Dispatcher::wake);
    }
  }

  private void publish(Entry entry, Alert alert) {
    if (entry.published.compareAndSet(false, true)) {
      publisher.publish(new AlertEvent(alert, entry.change));
    }
  }

  /** Lets everybody know of a change that is not stored. */
  private void release(Entry entry) {
    publish(entry, entry.alert);
    var kind = kind(entry.change);
    if (kind != null) {
      dispatchers.forEach(dispatcher -> dispatcher.recent().release(entry.alert.id(), kind));
      wakeDispatchers();
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
    release(entry);
  }
}
