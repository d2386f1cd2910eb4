package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Silence;
import io.sysmonstm.spi.Notification;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The notifications that a silence held when this dispatcher looked at them, so that they are
 * looked at again as soon as silences change. Confined to one thread.
 */
final class HeldNews {
  private static final int CAPACITY = 10_000;

  /** Another engine may be given what is due so soon. */
  private static final Duration TOO_LATE = Duration.ofSeconds(3);

  private final SilenceBook book;
  private final Map<String, Notification> held = new LinkedHashMap<>();
  private List<Silence> known;

  HeldNews(SilenceBook book) {
    this.book = book;
    this.known = book.silences();
  }

  /** Takes note of what is held until it is due; how many of them were not held before. */
  int add(List<Notification> notifications) {
    int fresh = 0;
    for (var notification : notifications) {
      if (held.size() < CAPACITY) {
        fresh += held.put(key(notification), notification) == null ? 1 : 0;
      }
    }
    return fresh;
  }

  /** Takes note of what is not owed any more; how many of them were not held before. */
  int drop(List<Notification> notifications) {
    int fresh = 0;
    for (var notification : notifications) {
      fresh += held.remove(key(notification)) == null ? 1 : 0;
    }
    return fresh;
  }

  /** What is due now since silences have changed. */
  List<Notification> released(Instant now) {
    var present = book.silences();
    // The same object unless something changed.
    @SuppressWarnings("ReferenceEquality")
    boolean changed = present != known;
    var soon = now.plus(TOO_LATE);
    var released =
        changed
            ? held.values().stream()
                .filter(notification -> notification.due().isAfter(soon))
                .map(notification -> notification.postponed(now))
                .toList()
            : List.<Notification>of();
    known = present;
    // Whoever was given it meanwhile keeps it.
    held.values().removeIf(one -> one.due().plus(Agenda.RECHECK).isBefore(now));
    return released;
  }

  private static String key(Notification notification) {
    return notification.alertId() + " " + notification.kind();
  }
}
