package io.sysmonstm.alerts.engine.internal;

import static io.sysmonstm.spi.NoticeText.number;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Durations;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MetricRegistry;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.api.Unit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What an alert says: its message, and who is likely to blame. */
final class AlertText {
  private static final int MAX_PROCESSES = 10;
  private static final long MINUTE_MILLIS = 60_000;
  private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;
  private static final long DAY_MILLIS = 24 * HOUR_MILLIS;

  private AlertText() {}

  static String message(CompiledRule rule, Machine machine, Labels labels, Reading reading) {
    return rule.template()
        .map(template -> template.render(name -> value(name, rule, machine, labels, reading)))
        .orElseGet(() -> standard(rule, machine, labels, reading));
  }

  private static String standard(
      CompiledRule rule, Machine machine, Labels labels, Reading reading) {
    return switch (rule.condition()) {
      case Rule.Absent _ -> "%s: no data for %s s".formatted(machine.id(), number(reading.value()));
      case Rule.Threshold _ ->
          said(rule.metric(), machine.id(), labels, reading.value()) + ", " + breach(rule);
      case Rule.Forecast forecast ->
          "%s; as it goes on, %s in %s, %s"
              .formatted(
                  said(rule.metric(), machine.id(), labels, reading.current()),
                  number(reading.value()) + unit(rule.metric()),
                  Durations.format(forecast.within()),
                  breach(rule));
      case Rule.Change change ->
          "%s, a change of %s in %s, %s"
              .formatted(
                  said(rule.metric(), machine.id(), labels, reading.current()),
                  number(reading.value()) + unit(rule.metric()),
                  Durations.format(change.over()),
                  breach(rule));
    };
  }

  static String resolved(CompiledRule rule, Machine machine, Labels labels, Reading reading) {
    if (rule.template().isPresent()) {
      return "resolved: " + message(rule, machine, labels, reading);
    }
    return switch (rule.condition()) {
      case Rule.Absent _ ->
          "%s: data again after %s s".formatted(machine.id(), number(reading.value()));
      case Rule.Threshold _ ->
          said(rule.metric(), machine.id(), labels, reading.value())
              + ", no longer "
              + breach(rule);
      case Rule.Forecast forecast ->
          "%s, no longer on the way to %s within %s"
              .formatted(
                  said(rule.metric(), machine.id(), labels, reading.current()),
                  number(rule.threshold()) + unit(rule.metric()),
                  Durations.format(forecast.within()));
      case Rule.Change change ->
          "%s, a change of %s in %s, no longer %s"
              .formatted(
                  said(rule.metric(), machine.id(), labels, reading.current()),
                  number(reading.value()) + unit(rule.metric()),
                  Durations.format(change.over()),
                  breach(rule));
    };
  }

  /** For a series that ended while its machine goes on. */
  static String vanished(Alert alert) {
    return "%s: %s%s is no longer reported"
        .formatted(alert.machineId(), alert.metric(), of(alert.labels()));
  }

  /**
   * The top processes with the likely culprit first: by resident memory where it is about memory,
   * else by CPU.
   */
  static List<TopProcess> culprits(String metric, List<TopProcess> processes) {
    boolean aboutMemory = metric.startsWith("memory") || metric.startsWith("swap");
    var greatestFirst =
        aboutMemory
            ? Comparator.comparingLong(TopProcess::rssBytes).reversed()
            : Comparator.comparingDouble(TopProcess::cpuPercent).reversed();
    return processes.stream().sorted(greatestFirst).limit(MAX_PROCESSES).toList();
  }

  private static Optional<String> value(
      String name, CompiledRule rule, Machine machine, Labels labels, Reading reading) {
    if (name.startsWith("labels.")) {
      return Optional.of(labels.value(name.substring("labels.".length())).orElse(""));
    }
    if (name.startsWith("tag.")) {
      return Optional.of(machine.tags().getOrDefault(name.substring("tag.".length()), ""));
    }
    return switch (name) {
      case "machine" -> Optional.of(machine.id());
      case "hostname" -> Optional.of(machine.hostname());
      case "rule" -> Optional.of(rule.name());
      case "metric" -> Optional.of(rule.metric());
      case "severity" -> Optional.of(rule.severity().text());
      case "value" -> Optional.of(number(reading.value()));
      case "threshold" -> Optional.of(number(rule.threshold()));
      case "current" -> Optional.of(number(reading.current()));
      case "eta" ->
          rule.condition() instanceof Rule.Forecast
              ? Optional.of(eta(reading.etaMillis()))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** For example {@code in 5 h}. */
  static String eta(double millis) {
    if (Double.isNaN(millis)) {
      return "not in sight";
    } else if (millis < MINUTE_MILLIS) {
      return "now";
    } else if (millis < 2 * HOUR_MILLIS) {
      return "in %d min".formatted(Math.round(millis / MINUTE_MILLIS));
    } else if (millis < 2 * DAY_MILLIS) {
      return "in %d h".formatted(Math.round(millis / HOUR_MILLIS));
    }
    return "in %d days".formatted(Math.round(millis / DAY_MILLIS));
  }

  private static String said(String metric, String machine, Labels labels, double value) {
    return "%s: %s%s is %s%s".formatted(machine, metric, of(labels), number(value), unit(metric));
  }

  private static String of(Labels labels) {
    return labels.isEmpty()
        ? ""
        : labels.asMap().entrySet().stream()
            .map(label -> label.getKey() + " " + label.getValue())
            .collect(Collectors.joining(", ", " of ", ""));
  }

  private static String breach(CompiledRule rule) {
    var relation =
        switch (rule.operator()) {
          case GT -> "above";
          case GTE -> "at or above";
          case LT -> "below";
          case LTE -> "at or below";
          case EQ -> "equal to";
          case NE -> "other than";
        };
    return relation + " " + number(rule.threshold()) + unit(rule.metric());
  }

  private static String unit(String metric) {
    var unit = MetricRegistry.builtIn().describe(metric).unit();
    return unit == Unit.ONE ? "" : " " + unit.symbol();
  }
}
