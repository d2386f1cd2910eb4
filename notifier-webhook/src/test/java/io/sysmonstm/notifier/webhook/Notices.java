package io.sysmonstm.notifier.webhook;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Severity;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.Notification.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Notices to tell in tests. */
final class Notices {
  private Notices() {}

  static Notice of(String message, Kind kind) {
    return new Notice("key-1", List.of(new Notice.Item(alert(message, kind), kind)), 0);
  }

  static Alert alert(String message, Kind kind) {
    var begin = Instant.now().minusSeconds(60);
    var alert =
        Alert.builder("a-1", "disk-filling", "m1")
            .severity(Severity.CRITICAL)
            .state(AlertState.FIRING)
            .metric("disk_percent")
            .labels(Labels.of(Map.of("mount", "/", "fs.type", "ext4", "machine", "shadow")))
            .value(95)
            .threshold(90)
            .startedAt(begin)
            .firedAt(begin)
            .message(message);
    return kind == Kind.RESOLVED
        ? alert.state(AlertState.RESOLVED).resolvedAt(begin.plusSeconds(30)).build()
        : alert.build();
  }
}
