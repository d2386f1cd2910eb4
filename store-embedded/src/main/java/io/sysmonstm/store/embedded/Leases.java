package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.OwedNotification;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Who holds which notifications. Only in memory: one process uses a file, and its end ends its
 * leases. By the monotonic clock, which nobody sets. Confined to whoever holds the lock of the
 * database.
 */
final class Leases {
  private final TimeSource time;
  private final Map<Key, Lease> leases = new HashMap<>();

  private record Key(String alertId, String notifier, Notification.Kind kind) {
    static Key of(Notification notification) {
      return new Key(notification.alertId(), notification.notifier(), notification.kind());
    }
  }

  private record Lease(String by, long endNanos) {}

  Leases(TimeSource time) {
    this.time = time;
  }

  /** Lets go of what is over, and returns how many are left. */
  int expire() {
    long now = time.nanoTime();
    leases.values().removeIf(lease -> now - lease.endNanos >= 0);
    return leases.size();
  }

  /** Gives somebody what nobody else has, up to a number. */
  List<OwedNotification> take(List<OwedNotification> ready, String by, Duration length, int most) {
    var others = new HashSet<String>();
    for (var owed : ready) {
      var lease = leases.get(Key.of(owed.notification()));
      if (lease != null && !lease.by.equals(by)) {
        others.add(owed.alert().id());
      }
    }
    long end = time.nanoTime() + length.toNanos();
    var taken = new ArrayList<OwedNotification>();
    for (var owed : ready) {
      if (taken.size() < most && !others.contains(owed.alert().id())) {
        leases.put(Key.of(owed.notification()), new Lease(by, end));
        taken.add(owed);
      }
    }
    return taken;
  }

  void end(Notification notification) {
    leases.remove(Key.of(notification));
  }
}
