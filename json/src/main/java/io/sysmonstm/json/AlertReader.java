package io.sysmonstm.json;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Severity;
import io.sysmonstm.api.TopProcess;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An alert while it is read. Confined to one thread. */
final class AlertReader {
  private final ValueReader in;
  private String id = "";
  private String rule = "";
  private String machineId = "";
  private Optional<Severity> severity = Optional.empty();
  private Optional<AlertState> state = Optional.empty();
  private String metric = "";
  private Labels labels = Labels.empty();
  private double value;
  private double threshold;
  private Optional<Instant> startedAt = Optional.empty();
  private Optional<Instant> firedAt = Optional.empty();
  private Optional<Instant> resolvedAt = Optional.empty();
  private Optional<String> acknowledgedBy = Optional.empty();
  private String message = "";
  private List<TopProcess> processes = List.of();

  private AlertReader(ValueReader in) {
    this.in = in;
  }

  static Alert read(ValueReader in) {
    var reader = new AlertReader(in);
    in.object(reader::property);
    return reader.build();
  }

  private void property(String name) {
    switch (name) {
      case "id" -> id = in.text();
      case "rule" -> rule = in.text();
      case "machine_id" -> machineId = in.machineId();
      case "severity" -> severity = Optional.of(in.oneOf(Severity.values(), Severity::text));
      case "state" -> state = Optional.of(in.oneOf(AlertState.values(), AlertState::text));
      case "metric" -> metric = in.optionalText().orElse("");
      case "labels" -> labels = in.labels();
      case "value" -> value = in.finite();
      case "threshold" -> threshold = in.finite();
      case "started_at" -> startedAt = in.optionalTime();
      case "fired_at" -> firedAt = in.optionalTime();
      case "resolved_at" -> resolvedAt = in.optionalTime();
      case "acknowledged_by" -> acknowledgedBy = in.optionalText();
      case "message" -> message = in.text();
      case "processes" -> processes = ProcessReader.read(in);
      default -> in.skip();
    }
  }

  private Alert build() {
    if (id.isEmpty() || rule.isEmpty() || machineId.isEmpty()) {
      throw new Unreadable("alert without id, rule or machine_id: expected all three");
    }
    var alert =
        Alert.builder(id, rule, machineId)
            .severity(severity.orElseThrow(() -> missing("severity")))
            .state(state.orElseThrow(() -> missing("state")))
            .metric(metric)
            .labels(labels)
            .value(value)
            .threshold(threshold)
            .startedAt(startedAt.orElseThrow(() -> missing("started_at")))
            .message(message)
            .processes(processes);
    firedAt.ifPresent(alert::firedAt);
    resolvedAt.ifPresent(alert::resolvedAt);
    acknowledgedBy.ifPresent(alert::acknowledgedBy);
    return alert.build();
  }

  private static Unreadable missing(String name) {
    return new Unreadable("alert without " + name);
  }
}
