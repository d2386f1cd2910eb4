package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.Notification.Kind;
import io.sysmonstm.spi.OwedNotification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one notifier has come to owe lately, in memory: told from here while the store cannot take
 * it or say it. What was told is kept until the store knows. Thread-safe.
 */
final class RecentNews {
  private static final int CAPACITY = 10_000;

  /** After what time the store, where it works, has given what is due to one engine or another. */
  private static final Duration GIVEN = Duration.ofSeconds(5);

  private record Key(String alertId, Kind kind) {
    static Key of(Notification notification) {
      return new Key(notification.alertId(), notification.kind());
    }
  }

  /** Guarded by its owner. */
  private static final class News {
    private final Alert alert;
    private Notification notification;
    private List<Notification> repetitions = List.of();
    private boolean told;
    private boolean released;
    private boolean offered;
    private boolean stored;

    News(Alert alert, Notification notification) {
      this.alert = alert;
      this.notification = notification;
    }
  }

  private final String notifier;
  // Guarded by this; the oldest first.
  private final Map<Key, News> news = new LinkedHashMap<>();

  RecentNews(String notifier) {
    this.notifier = notifier;
  }

  /** Takes in news that no store knows; what is lost for it, if it was not told yet. */
  synchronized @Nullable Notification add(Alert alert, Kind kind, Instant due) {
    Notification lost = null;
    if (news.size() >= CAPACITY) {
      var all = news.values().iterator();
      var oldest = all.next();
      all.remove();
      lost = oldest.told || oldest.stored ? null : oldest.notification;
    }
    var notification = new Notification(alert.id(), notifier, kind, due, 0);
    news.put(Key.of(notification), new News(alert, notification));
    return lost;
  }

  /** Lets news be told from here, though the store does not know it. */
  synchronized void release(String alertId, Kind kind) {
    var one = news.get(new Key(alertId, kind));
    if (one != null) {
      one.released = true;
    }
  }

  /** What is to be stored with the alert of news. */
  synchronized List<Notification> owed(String alertId, Kind kind) {
    var one = news.get(new Key(alertId, kind));
    if (one == null) {
      return List.of();
    }
    if (one.told) {
      return one.repetitions;
    }
    one.offered = true;
    return List.of(one.notification);
  }

  /** Takes note that the store has the alert, and what {@link #owed} said before. */
  synchronized void stored(String alertId, Kind kind) {
    var key = new Key(alertId, kind);
    var one = news.get(key);
    if (one != null) {
      one.stored = true;
      if (one.told && !one.offered) {
        news.remove(key);
      }
    }
  }

  /**
   * What is to be told from here: what was released and, where the store cannot be read, all that
   * is due.
   *
   * @param all even what is not due
   */
  synchronized List<OwedNotification> due(Instant now, boolean storeIsDown, boolean all) {
    var alerts = new HashSet<String>();
    news.values().stream()
        .filter(one -> isTellable(one, storeIsDown))
        .filter(one -> all || !one.notification.due().isAfter(now))
        .forEach(one -> alerts.add(one.alert.id()));
    var found = new ArrayList<OwedNotification>();
    for (var one : news.values()) {
      if (alerts.contains(one.alert.id()) && isTellable(one, storeIsDown)) {
        found.add(new OwedNotification(one.notification, one.alert));
      }
    }
    return found;
  }

  private static boolean isTellable(News one, boolean storeIsDown) {
    return !one.told && (storeIsDown || (one.released && !one.stored));
  }

  /** Takes note of what became of what {@link #due} gave. */
  synchronized void settle(List<Notification> done, List<Notification> later) {
    for (var notification : later) {
      var one = news.get(Key.of(notification));
      if (one != null && !one.told) {
        one.notification = notification;
      }
    }
    for (var notification : done) {
      var one = news.get(Key.of(notification));
      if (one != null) {
        one.told = true;
        one.repetitions = repetitions(notification, later);
      }
    }
  }

  /** Takes note of what was told from the store, which could not take note of that itself. */
  synchronized void unsettled(List<OwedNotification> told, List<Notification> later) {
    for (var owed : told) {
      var one = new News(owed.alert(), owed.notification());
      one.told = true;
      one.stored = true;
      one.offered = true;
      one.repetitions = repetitions(owed.notification(), later);
      news.put(Key.of(owed.notification()), one);
    }
  }

  private static List<Notification> repetitions(Notification done, List<Notification> later) {
    return later.stream()
        .filter(one -> one.kind() == Kind.REPEATED && one.alertId().equals(done.alertId()))
        .toList();
  }

  /** Whether it was told from here already. */
  synchronized boolean isTold(Notification notification) {
    var one = news.get(Key.of(notification));
    return one != null && one.told;
  }

  /** What was told and the store still owes. */
  synchronized List<Notification> toldAndStored() {
    return news.values().stream()
        .filter(one -> one.told && one.stored)
        .map(one -> one.notification)
        .toList();
  }

  /** What is owed instead of {@link #toldAndStored}. */
  synchronized List<Notification> repetitionsOf(List<Notification> told) {
    return told.stream()
        .map(notification -> news.get(Key.of(notification)))
        .flatMap(one -> one == null ? null : one.repetitions.stream())
        .toList();
  }

  /** Forgets what the store has taken note of. */
  synchronized void forget(List<Notification> settled) {
    settled.forEach(notification -> news.remove(Key.of(notification)));
  }

  /** Forgets what the store, which works, has long given to somebody. */
  synchronized void forgetGiven(Instant now) {
    news.values()
        .removeIf(
            one -> one.stored && !one.told && one.notification.due().plus(GIVEN).isBefore(now));
  }
}
