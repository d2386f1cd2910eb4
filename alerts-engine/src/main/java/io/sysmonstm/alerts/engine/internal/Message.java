package io.sysmonstm.alerts.engine.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.alerts.engine.internal.Agenda.Entry;
import io.sysmonstm.api.Alert;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.Notification.Kind;
import io.sysmonstm.spi.OwedNotification;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A notice, and the notifications that are told with it. Immutable. */
final class Message {
  private static final int KEY_BYTES = 16;

  private final List<Entry> entries;
  private final Notice notice;

  /**
   * Makes a message.
   *
   * @param entries the news; what does not fit in is only counted
   * @param repeat after what time it is told again that an alert fires
   */
  Message(List<Entry> entries, Duration repeat) {
    this.entries = List.copyOf(entries);
    var items = new ArrayList<Notice.Item>();
    int alerts = 0;
    for (var entry : entries) {
      if (alerts == Agenda.MOST_ITEMS) {
        break;
      }
      alerts++;
      entry.kinds().forEach(kind -> items.add(new Notice.Item(entry.alert(), kind)));
    }
    notice = new Notice(key(entries, repeat), items, entries.size() - alerts);
  }

  /** One for several. */
  static Message digest(List<Message> messages, Duration repeat) {
    return new Message(
        messages.stream().flatMap(message -> message.entries.stream()).toList(), repeat);
  }

  Notice notice() {
    return notice;
  }

  /** What is not owed any more once this is told. */
  List<OwedNotification> owed() {
    var owed = new ArrayList<OwedNotification>();
    for (var entry : entries) {
      entry.parts().forEach(part -> owed.add(new OwedNotification(part, entry.alert())));
    }
    return owed;
  }

  /** How often it was tried in vain. */
  int attempts() {
    return entries.stream().mapToInt(Entry::attempts).max().orElse(0);
  }

  /** What is owed once this is told: of what goes on and nobody has taken on. */
  List<Notification> repetitions(Instant due) {
    var repetitions = new ArrayList<Notification>();
    for (var entry : entries) {
      var alert = entry.alert();
      if (alert.open()
          && alert.acknowledgedBy().isEmpty()
          && !entry.kinds().contains(Kind.RESOLVED)) {
        var part = entry.parts().getFirst();
        repetitions.add(new Notification(part.alertId(), part.notifier(), Kind.REPEATED, due, 0));
      }
    }
    return repetitions;
  }

  private static String key(List<Entry> entries, Duration repeat) {
    var digest = sha256();
    entries.stream()
        .flatMap(
            entry -> entry.kinds().stream().map(kind -> text(entry.alert(), kind, entry, repeat)))
        .sorted()
        .forEach(text -> digest.update(text.getBytes(UTF_8)));
    return HexFormat.of().formatHex(digest.digest(), 0, KEY_BYTES);
  }

  /** Each repetition is another one, but not each attempt. */
  private static String text(Alert alert, Kind kind, Entry entry, Duration repeat) {
    long nth = 0;
    if (kind == Kind.REPEATED) {
      var since = alert.firedAt().orElse(alert.startedAt());
      var age = Duration.between(since, entry.parts().getFirst().due());
      nth = age.toMillis() / Math.max(1, repeat.toMillis());
    }
    return "%s %s %d\n".formatted(alert.id(), kind, nth);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
