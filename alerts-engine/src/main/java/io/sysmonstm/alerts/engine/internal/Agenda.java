package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.Notification.Kind;
import io.sysmonstm.spi.OwedNotification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the notifications that are due: which are told together, which need not be told,
 * and which are held by a silence. Confined to one thread.
 */
final class Agenda {
  static final int MOST_ITEMS = 100;

  /** How soon it is looked again whether a silence still holds a notification. */
  static final Duration RECHECK = Duration.ofSeconds(30);

  private static final Comparator<OwedNotification> ORDER =
      Comparator.comparing((OwedNotification owed) -> owed.alert().startedAt())
          .thenComparing(owed -> owed.alert().id());

  private final SilenceBook silences;
  private final Instant now;
  private final boolean complete;
  private final Map<String, List<Entry>> groups = new LinkedHashMap<>();

  /** Notifications that nobody needs to be told of. */
  final List<Notification> done = new ArrayList<>();

  /** Notifications that a silence holds, at the time when they are looked at again. */
  final List<Notification> held = new ArrayList<>();

  /** Among those done: the ones that a silence was the reason for. */
  final List<Notification> silenced = new ArrayList<>();

  /** The news of one alert. */
  record Entry(Alert alert, List<Kind> kinds, List<Notification> parts) {
    int attempts() {
      return parts.stream().mapToInt(Notification::attempts).max().orElse(0);
    }
  }

  /**
   * Sorts what is owed.
   *
   * @param owed what is due, and what else is owed of the same alerts
   * @param complete whether nothing was left out of it
   */
  Agenda(List<OwedNotification> owed, boolean complete, SilenceBook silences, Instant now) {
    this.silences = silences;
    this.now = now;
    this.complete = complete;
    var byAlert = new LinkedHashMap<String, Map<Kind, OwedNotification>>();
    owed.stream()
        .sorted(ORDER)
        .forEach(
            one ->
                byAlert
                    .computeIfAbsent(one.notification().alertId(), id -> new EnumMap<>(Kind.class))
                    .put(one.notification().kind(), one));
    byAlert.values().forEach(this::sort);
  }

  private void sort(Map<Kind, OwedNotification> ofAlert) {
    var fired = ofAlert.get(Kind.FIRED);
    var repeated = ofAlert.get(Kind.REPEATED);
    var resolved = ofAlert.get(Kind.RESOLVED);
    if (resolved != null) {
      sortResolved(resolved, fired);
    } else if (fired != null) {
      sortFired(fired);
    }
    if (repeated != null) {
      sortRepeated(repeated, fired != null || resolved != null);
    }
  }

  private void sortResolved(OwedNotification resolved, @Nullable OwedNotification fired) {
    if (fired == null) {
      tell(resolved.alert(), List.of(Kind.RESOLVED), List.of(resolved.notification()));
    } else if (isHeld(resolved.alert(), fired.notification())) {
      forget(fired.notification());
      forget(resolved.notification());
    } else {
      tell(
          resolved.alert(),
          List.of(Kind.FIRED, Kind.RESOLVED),
          List.of(fired.notification(), resolved.notification()));
    }
  }

  private void sortFired(OwedNotification fired) {
    var alert = fired.alert();
    var held = isHeld(alert, fired.notification());
    if (alert.open()) {
      if (held) {
        hold(alert, fired.notification());
      } else {
        tell(alert, List.of(Kind.FIRED), List.of(fired.notification()));
      }
    } else if (held) {
      forget(fired.notification());
    } else {
      // That it is over was told before that it fired, while the store was away: told again, to be
      // the last that people hear.
      var kinds = complete ? List.of(Kind.FIRED, Kind.RESOLVED) : List.of(Kind.FIRED);
      tell(alert, kinds, List.of(fired.notification()));
    }
  }

  private void sortRepeated(OwedNotification repeated, boolean isNews) {
    var alert = repeated.alert();
    var notification = repeated.notification();
    if (!alert.open() || alert.acknowledgedBy().isPresent()) {
      done.add(notification);
    } else if (!isNews && !notification.due().isAfter(now)) {
      if (isHeld(alert, notification)) {
        hold(alert, notification);
      } else {
        tell(alert, List.of(Kind.REPEATED), List.of(notification));
      }
    }
  }

  /** What people may have heard already is not held any more. */
  private boolean isHeld(Alert alert, Notification notification) {
    return notification.attempts() == 0 && silences.heldUntil(alert, now).isPresent();
  }

  private void hold(Alert alert, Notification notification) {
    var recheck = now.plus(RECHECK);
    var end = silences.heldUntil(alert, now).orElse(recheck);
    held.add(notification.postponed(end.isBefore(recheck) ? end : recheck));
  }

  private void forget(Notification notification) {
    done.add(notification);
    silenced.add(notification);
  }

  private void tell(Alert alert, List<Kind> kinds, List<Notification> parts) {
    var entry = new Entry(alert, kinds, parts);
    // What failed together is tried again together, under the same key.
    var group = entry.attempts() == 0 ? alert.rule() : alert.rule() + " " + parts.getFirst().due();
    groups.computeIfAbsent(group, rule -> new ArrayList<>()).add(entry);
  }

  /** The messages, one for each rule unless there are too many items, the worst first. */
  List<Message> messages(Duration repeat) {
    var messages = new ArrayList<Message>();
    for (var group : groups.values()) {
      for (int from = 0; from < group.size(); from += MOST_ITEMS) {
        var part = group.subList(from, Math.min(group.size(), from + MOST_ITEMS));
        messages.add(new Message(part, repeat));
      }
    }
    messages.sort(
        Comparator.comparing((Message message) -> message.notice().severity()).reversed());
    return messages;
  }
}
