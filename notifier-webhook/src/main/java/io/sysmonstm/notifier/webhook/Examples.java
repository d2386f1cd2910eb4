package io.sysmonstm.notifier.webhook;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.Notification.Kind;
import java.time.Instant;
import java.util.List;

/** Notices that a template is tried on before it is used. */
final class Examples {
  private static final Alert ALERT =
      Alert.builder("id", "a-rule", "a-machine")
          .state(AlertState.FIRING)
          .metric("disk_percent")
          .labels(Labels.of("mount", "/\"\n"))
          .firedAt(Instant.EPOCH)
          .message("a \"message\"\n\\")
          .processes(List.of(new TopProcess(1, "a \"process\"", "root", 1, 1)))
          .build();
  private static final Notice.Item FIRED = new Notice.Item(ALERT, Kind.FIRED);
  private static final Notice.Item RESOLVED =
      new Notice.Item(
          ALERT.toBuilder().state(AlertState.RESOLVED).resolvedAt(Instant.EPOCH).build(),
          Kind.RESOLVED);

  static final List<Notice> ALL =
      List.of(
          new Notice("k-1", List.of(FIRED), 0),
          new Notice("k-2", List.of(FIRED, RESOLVED), 3),
          new Notice("k-3", List.of(RESOLVED), 0));

  private Examples() {}
}
