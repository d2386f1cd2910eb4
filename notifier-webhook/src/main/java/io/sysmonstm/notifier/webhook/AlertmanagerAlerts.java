package io.sysmonstm.notifier.webhook;

import io.sysmonstm.api.Alert;
import io.sysmonstm.json.Json;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.NoticeText;
import io.sysmonstm.spi.Notification;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Alerts in the form of Alertmanager's API v2. */
final class AlertmanagerAlerts {
  // Longer than repetitions are apart, so that Alertmanager never takes silence for the end.
  private static final Duration GOES_ON = Duration.ofHours(5);

  private AlertmanagerAlerts() {}

  static Message of(Notice notice, Instant now) {
    var alerts = notice.items().stream().map(item -> of(item, now)).toList();
    return Message.json(Json.bytes(json -> Json.value(json, alerts)));
  }

  private static Map<String, Object> of(Notice.Item item, Instant now) {
    var alert = item.alert();
    var end =
        item.kind() == Notification.Kind.RESOLVED
            ? alert.resolvedAt().orElse(now)
            : now.plus(GOES_ON);
    var keys = new LinkedHashMap<String, Object>();
    keys.put("labels", labels(alert));
    keys.put("annotations", annotations(item));
    keys.put("startsAt", alert.startedAt().toString());
    keys.put("endsAt", (end.isBefore(alert.startedAt()) ? alert.startedAt() : end).toString());
    return keys;
  }

  /** What the alert is known by: the same when it fires and when it is over. */
  private static Map<String, String> labels(Alert alert) {
    var labels = new LinkedHashMap<String, String>();
    labels.put("alertname", alert.rule());
    labels.put("machine", alert.machineId());
    labels.put("severity", alert.severity().text());
    if (!alert.metric().isEmpty()) {
      labels.put("metric", alert.metric());
    }
    alert
        .labels()
        .asMap()
        .forEach(
            (name, value) -> {
              var valid = valid(name);
              while (labels.containsKey(valid)) {
                valid = "label_" + valid;
              }
              if (!value.isEmpty()) {
                labels.put(valid, value);
              }
            });
    return labels;
  }

  private static String valid(String name) {
    var valid = name.replaceAll("[^a-zA-Z0-9_]", "_");
    return valid.isEmpty() || Character.isDigit(valid.charAt(0)) ? "_" + valid : valid;
  }

  private static Map<String, String> annotations(Notice.Item item) {
    var alert = item.alert();
    var annotations = new LinkedHashMap<String, String>();
    annotations.put("summary", NoticeText.line(alert.message()));
    annotations.put("description", NoticeText.item(item));
    annotations.put("value", NoticeText.number(alert.value()));
    annotations.put("threshold", NoticeText.number(alert.threshold()));
    var culprit = NoticeText.culprit(alert);
    if (!culprit.isEmpty()) {
      annotations.put("culprit", culprit);
    }
    return annotations;
  }
}
