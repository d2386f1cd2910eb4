package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.Notification.Kind;
import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.OwedNotification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Tells people, by one notifier, what the store owes; a notifier that is slow holds up nobody else.
 * Engines that share a store share the work by leases. What was told is settled at once, so that a
 * crash repeats one message at the most. While the store is away it goes by what this engine knows.
 *
 * <p>One thread {@linkplain #run works}; the rest may be called from any.
 */
public final class Dispatcher {
  private static final EventLog LOG = EventLog.of(Dispatcher.class);
  private static final int MOST = 500;
  private static final Duration LEASE = Duration.ofSeconds(60);

  /** What is not begun after this time is let go, so that nothing is told after the lease. */
  private static final Duration TURN = Duration.ofSeconds(30);

  /** No notifier may take longer. */
  private static final Duration NOTIFIER_DEADLINE = Duration.ofSeconds(15);

  /** Failures in a row after which the store counts as away. */
  private static final int FAILURES_BEFORE_MEMORY = 2;

  private final String name;
  private final Notifier notifier;
  private final EngineContext context;
  private final DispatchCounters counters;
  private final RecentNews recent;
  private final HeldNews held;
  private final RateLimit limit;
  private final Semaphore wake = new Semaphore(0);
  private volatile boolean closing;
  private volatile boolean telling;
  private volatile long tellingNanos;
  private volatile Health health = Health.ok();
  private int claimFailures;
  private int behind;

  /** Where what is told comes from. */
  @FunctionalInterface
  private interface Source {
    /** Takes note of what became of some of it. */
    void settle(List<OwedNotification> done, List<Notification> later);
  }

  /**
   * Creates one that does not work yet.
   *
   * @param name of the notifier, in the store, logs and metrics
   * @param notifier who tells people
   * @param context of the engine
   */
  public Dispatcher(String name, Notifier notifier, EngineContext context) {
    this.name = name;
    this.notifier = notifier;
    this.context = context;
    this.counters = new DispatchCounters(context.metrics(), name);
    this.recent = new RecentNews(name);
    this.held = new HeldNews(context.silences());
    this.limit = new RateLimit(context.delivery().noticesPerMinute());
  }

  /** {@return the notifier's name} */
  public String name() {
    return name;
  }

  /** {@return whether the last attempt went well} */
  public Health health() {
    if (telling && context.time().nanoTime() - tellingNanos > NOTIFIER_DEADLINE.toNanos()) {
      return Health.failing("the notifier does not return");
    }
    return health;
  }

  RecentNews recent() {
    return recent;
  }

  /** Takes in news that the store does not know yet. */
  void add(Alert alert, Kind kind, Instant due) {
    var lost = recent.add(alert, kind, due);
    if (lost != null) {
      drop(lost, "there is too much news that cannot be stored");
    }
  }

  /** Has it look at once. */
  void wake() {
    wake.release();
  }

  /** Has it tell what is due, and then end; the rest stays owed. */
  public void close() {
    closing = true;
    wake();
  }

  /**
   * Works until it is closed.
   *
   * @throws InterruptedException where the worker is interrupted
   */
  public void run() throws InterruptedException {
    while (!closing) {
      attempt();
      if (wake.tryAcquire(context.delivery().poll().toNanos(), TimeUnit.NANOSECONDS)) {
        wake.drainPermits();
      }
    }
    attempt();
  }

  private void attempt() throws InterruptedException {
    try {
      turn();
    } catch (RuntimeException failure) {
      LOG.error(
          "notification_turn_failed",
          "Telling people failed; it goes on",
          failure,
          "notifier",
          name);
    }
  }

  /**
   * Tells what is due.
   *
   * @throws InterruptedException where the worker is interrupted
   */
  public void turn() throws InterruptedException {
    var claimed = claim();
    behind = 0;
    var known =
        recent.due(context.time().instant(), claimFailures >= FAILURES_BEFORE_MEMORY, closing);
    if (!known.isEmpty()) {
      work(known, true, this::settleKnown);
    }
    if (!claimed.isEmpty()) {
      work(claimed, claimed.size() < MOST, this::settleStored);
    }
    if (!known.isEmpty() || !claimed.isEmpty()) {
      counters.behind = behind;
    }
  }

  private List<OwedNotification> claim() {
    var now = context.time().instant();
    try {
      var released = held.released(now);
      if (!released.isEmpty()) {
        context.store().settle(List.of(), released);
      }
      var claimed = context.store().claim(name, context.engine(), LEASE, MOST);
      claimFailures = 0;
      var untold = claimed.stream().filter(owed -> !recent.isTold(owed.notification())).toList();
      var told = recent.toldAndStored();
      if (!told.isEmpty()) {
        var later = recent.repetitionsOf(told);
        context.store().settle(without(told, later), later);
        recent.forget(told);
      }
      recent.forgetGiven(now);
      return untold;
    } catch (RuntimeException failure) {
      claimFailures++;
      LOG.warn(
          "notifications_unread",
          "What people are to be told cannot be read from the store",
          failure,
          "notifier",
          name);
      return List.of();
    }
  }

  private void work(List<OwedNotification> owed, boolean complete, Source source)
      throws InterruptedException {
    var agenda = new Agenda(owed, complete, context.silences(), context.time().instant());
    counters.silenced.add(held.add(agenda.held) + held.drop(agenda.silenced));
    if (!agenda.done.isEmpty() || !agenda.held.isEmpty()) {
      var done = owed.stream().filter(one -> agenda.done.contains(one.notification())).toList();
      source.settle(done, agenda.held);
    }
    tell(agenda.messages(context.delivery().repeat()), source);
  }

  private void tell(List<Message> messages, Source source) throws InterruptedException {
    long begun = context.time().nanoTime();
    int left = limit.left(begun);
    if (left == 0 && !messages.isEmpty()) {
      putOff(messages, context.time().instant().plus(limit.untilNext(begun)), source);
      return;
    }
    var due = new ArrayList<>(messages);
    if (messages.size() > left) {
      var rest = due.subList(left - 1, due.size());
      var digest = Message.digest(rest, context.delivery().repeat());
      rest.clear();
      due.add(digest);
    }
    for (int i = 0; i < due.size(); i++) {
      boolean late = context.time().nanoTime() - begun > TURN.toNanos();
      if (late) {
        putOff(due.subList(i, due.size()), context.time().instant(), source);
        return;
      }
      tell(due.get(i), source);
    }
  }

  private void putOff(List<Message> messages, Instant to, Source source) {
    var later = new ArrayList<Notification>();
    for (var message : messages) {
      message.owed().forEach(owed -> later.add(owed.notification().postponed(to)));
    }
    behind += later.size();
    source.settle(List.of(), later);
  }

  private void tell(Message message, Source source) throws InterruptedException {
    tellingNanos = context.time().nanoTime();
    telling = true;
    try {
      notifier.notify(message.notice());
    } catch (InterruptedException stopped) {
      throw stopped;
    } catch (Exception failure) {
      failed(message, failure, source);
      return;
    } finally {
      telling = false;
    }
    health = Health.ok();
    limit.take(context.time().nanoTime());
    counters.told.add(message.owed().size());
    source.settle(
        message.owed(),
        message.repetitions(context.time().instant().plus(context.delivery().repeat())));
  }

  private void failed(Message message, Exception failure, Source source) {
    counters.failed.increment();
    health = Health.failing("cannot notify; tried again, see the log");
    var retry = context.delivery().retry();
    int failures = 1 + message.attempts();
    LOG.warn(
        "notification_failed",
        "A notification could not be delivered and is tried again",
        failure,
        "notifier",
        name,
        "key",
        message.notice().key(),
        "attempt",
        failures);
    var next = context.time().instant().plus(retry.delay(failures));
    var done = new ArrayList<OwedNotification>();
    var later = new ArrayList<Notification>();
    for (var owed : message.owed()) {
      var notification = owed.notification().failed(next);
      if (notification.attempts() >= retry.attempts()) {
        drop(notification, "the last attempt failed");
        done.add(owed);
      } else {
        later.add(notification);
      }
    }
    behind += later.size();
    source.settle(done, later);
  }

  private void settleKnown(List<OwedNotification> done, List<Notification> later) {
    recent.settle(notifications(done), later);
  }

  private void settleStored(List<OwedNotification> done, List<Notification> later) {
    var told = notifications(done);
    try {
      context.store().settle(without(told, later), later);
      recent.forget(told);
    } catch (RuntimeException failure) {
      // The store would owe it still when it is back.
      recent.unsettled(done, later);
      LOG.warn(
          "notifications_unsettled",
          "The store does not know yet what people were told",
          failure,
          "notifier",
          name,
          "notifications",
          told.size());
    }
  }

  private static List<Notification> notifications(List<OwedNotification> owed) {
    return owed.stream().map(OwedNotification::notification).toList();
  }

  /** What is owed again is not done. */
  private static List<Notification> without(List<Notification> done, List<Notification> later) {
    return done.stream()
        .filter(
            one ->
                later.stream()
                    .noneMatch(
                        next -> next.alertId().equals(one.alertId()) && next.kind() == one.kind()))
        .toList();
  }

  private void drop(Notification notification, String why) {
    counters.dropped.increment();
    LOG.error(
        "notification_dropped",
        "A notification was given up",
        null,
        "notifier",
        name,
        "alert",
        notification.alertId(),
        "kind",
        notification.kind().name(),
        "why",
        why);
  }
}
