package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/**
 * Keeps the live view right where events do not. The store of current state is asked each second
 * while machines are overdue or no events come, so that the page keeps moving when the bus is down;
 * else now and then, for events that were lost. Where that store cannot help, history is asked for
 * its newest samples; it knows no machines, so that it brings new ones only while the store cannot
 * tell who there is. Open alerts are read anew when the revision of their store changes, and now
 * and then.
 *
 * <p>{@link #tick} is called by one thread, and never waits for a store; the rest is thread-safe.
 */
public final class LiveFeed {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration HISTORY_POLL = Duration.ofSeconds(2);
  private static final Duration QUIET_POLL = Duration.ofSeconds(5);
  private static final Duration REGULAR = Duration.ofSeconds(30);
  // Longer than the usual interval: then some machine or other would have been heard of.
  private static final Duration QUIET = Duration.ofSeconds(10);
  private static final double OVERDUE_INTERVALS = 1.25;
  // By then the store of current state has had its chance.
  private static final double MISSING_INTERVALS = 2;
  private static final int LOOK_BACK_INTERVALS = 3;
  private static final Duration LOOK_BACK = Duration.ofMinutes(1);
  private static final Duration LOOK_BACK_AT_FIRST = Duration.ofMinutes(5);
  private static final Duration LOOK_BACK_AT_MOST = Duration.ofHours(1);
  private static final int ATTEMPTS = 3;

  private final TimeSource time;
  private final LiveView view;
  private final HistoryStore history;
  private final AlertStore alertStore;
  private final Refresh machines;
  private final Refresh newest;
  private final Refresh alerts;
  // Both of the task that reads alerts, of which there is one at a time.
  private volatile long alertRevision = Long.MIN_VALUE;
  private volatile long alertsReadNanos;

  /**
   * Creates a feed that has not asked yet.
   *
   * @param view what is kept right
   * @param current where machines are read
   * @param history where their newest samples are read, while current state cannot be
   * @param alertStore where open alerts are read
   * @param time the clock
   * @param executor for questions, which may block
   */
  public LiveFeed(
      LiveView view,
      CurrentStore current,
      HistoryStore history,
      AlertStore alertStore,
      TimeSource time,
      ExecutorService executor) {
    this.view = view;
    this.time = time;
    this.history = history;
    this.alertStore = alertStore;
    this.machines =
        new Refresh("current_state", () -> view.merge(current.machines()), time, executor);
    this.newest = new Refresh("history", this::readNewest, time, executor);
    this.alerts = new Refresh("alerts", this::readAlerts, time, executor);
  }

  /** Asks what is due. */
  public void tick() {
    boolean failing = currentProblem().isPresent();
    boolean empty = view.isEmpty();
    boolean quiet = view.quietFor(QUIET);
    boolean overdue = view.anyOverdue(OVERDUE_INTERVALS);
    machines.tick(failing || empty || quiet || overdue ? POLL : REGULAR);
    if (failing ? overdue || empty : view.anyOverdue(MISSING_INTERVALS)) {
      newest.tick(HISTORY_POLL);
    } else if (failing && quiet) {
      // For machines that are new, or are back.
      newest.tick(QUIET_POLL);
    }
    alerts.tick(alerts.problem().isPresent() ? HISTORY_POLL : POLL);
  }

  /** {@return why the store of current state cannot be read, empty where it can} */
  public Optional<String> currentProblem() {
    return machines.problem();
  }

  /**
   * Merges the newest samples of history into the view. Blocks, with the deadline of the store.
   *
   * @throws io.sysmonstm.api.StoreUnavailableException where history cannot be read
   */
  public void readNewest() {
    var back = LOOK_BACK_AT_FIRST;
    if (!view.isEmpty()) {
      var intervals = view.longestInterval().multipliedBy(LOOK_BACK_INTERVALS);
      back = intervals.compareTo(LOOK_BACK) > 0 ? intervals : LOOK_BACK;
    }
    var most = back.compareTo(LOOK_BACK_AT_MOST) > 0 ? LOOK_BACK_AT_MOST : back;
    boolean unknownToo = view.isEmpty() || currentProblem().isPresent();
    view.mergeNewest(history.newest(time.instant().minus(most)), unknownToo);
  }

  private void readAlerts() {
    long revision = alertStore.revision();
    var age = Duration.ofNanos(time.nanoTime() - alertsReadNanos);
    var period = view.quietFor(QUIET) ? QUIET_POLL : REGULAR;
    if (revision == alertRevision && age.compareTo(period) < 0) {
      return;
    }
    long now = time.nanoTime();
    // An event may overtake the question; where events are that dense, the next round will do.
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long changes = view.alertChanges();
      var open = new ArrayList<Alert>(alertStore.alerts(AlertQuery.in(AlertState.FIRING)));
      open.addAll(alertStore.alerts(AlertQuery.in(AlertState.PENDING)));
      if (view.replaceOpenAlerts(open, changes)) {
        alertRevision = revision;
        alertsReadNanos = now;
        return;
      }
    }
  }
}
