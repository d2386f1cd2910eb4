package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the live view right where events do not: fills it from the stores at the start and as soon
 * as they can be reached, asks them again before a machine would count as silent (the bus may be
 * down while the store is not), and now and then in any case, for events that were lost. {@link
 * #tick} is called by one thread; asking a store never holds it up.
 */
public final class LiveFeed {
  private static final EventLog LOG = EventLog.of(LiveFeed.class);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final int ATTEMPTS = 3;
  private static final Duration REGULAR = Duration.ofSeconds(30);

  /** One store, and when it was asked. */
  private final class Refresh {
    private final String store;
    private final Runnable question;
    private @Nullable Future<?> running;
    private long askedNanos;
    private volatile boolean failed = true;

    Refresh(String store, Runnable question) {
      this.store = store;
      this.question = question;
      this.askedNanos = time.nanoTime() - REGULAR.toNanos();
    }

    void tick(boolean urgent) {
      var age = Duration.ofNanos(time.nanoTime() - askedNanos);
      if ((running == null || running.isDone())
          && age.compareTo(urgent || failed ? RETRY : REGULAR) >= 0) {
        askedNanos = time.nanoTime();
        try {
          running = executor.submit(this::ask);
        } catch (RejectedExecutionException stopping) {
          failed = true;
        }
      }
    }

    private void ask() {
      try {
        question.run();
        failed = false;
      } catch (StoreUnavailableException e) {
        failed = true;
        var problem = String.valueOf(e.getMessage());
        LOG.warn("live_refresh_failed", "trying again", null, "store", store, "problem", problem);
      } catch (RuntimeException e) {
        failed = true;
        LOG.warn("live_refresh_failed", "could not read state; trying again", e, "store", store);
      }
    }
  }

  private final TimeSource time;
  private final ExecutorService executor;
  private final LiveView view;
  private final Refresh machines;
  private final Refresh alerts;

  /**
   * Creates a feed that has not asked yet.
   *
   * @param view what is kept right
   * @param current where machines are read
   * @param alertStore where open alerts are read
   * @param time the clock
   * @param executor for questions, which may block
   */
  public LiveFeed(
      LiveView view,
      CurrentStore current,
      AlertStore alertStore,
      TimeSource time,
      ExecutorService executor) {
    this.view = view;
    this.time = time;
    this.executor = executor;
    this.machines = new Refresh("current", () -> view.merge(current.machines()));
    this.alerts = new Refresh("alerts", () -> readAlerts(alertStore));
  }

  /** Asks what is due. */
  public void tick() {
    machines.tick(view.anyFallingSilent());
    alerts.tick(false);
  }

  private void readAlerts(AlertStore store) {
    // An event may overtake the question; where events are that dense, the next round will do.
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long changes = view.alertChanges();
      var open = new ArrayList<Alert>(store.alerts(AlertQuery.in(AlertState.FIRING)));
      open.addAll(store.alerts(AlertQuery.in(AlertState.PENDING)));
      if (view.replaceOpenAlerts(open, changes)) {
        return;
      }
    }
  }
}
