package io.sysmonstm.alerts.engine.internal;

import static io.sysmonstm.alerts.engine.internal.MessageTemplate.shortest;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MetricRegistry;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.api.Unit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What an alert says: its message, and who is likely to blame. */
final class AlertText {
  private static final int MAX_PROCESSES = 10;

  private AlertText() {}

  static String message(CompiledRule rule, Machine machine, Labels labels, double value) {
    return rule.template()
        .map(template -> template.render(name -> value(name, rule, machine, labels, value)))
        .orElseGet(
            () ->
                rule.isAbsence()
                    ? "%s: no data for %s s".formatted(machine.id(), shortest(value))
                    : reading(rule, machine, labels, value) + ", " + breach(rule));
  }

  static String resolved(CompiledRule rule, Machine machine, Labels labels, double value) {
    if (rule.template().isPresent()) {
      return "resolved: " + message(rule, machine, labels, value);
    }
    return rule.isAbsence()
        ? "%s: data again after %s s".formatted(machine.id(), shortest(value))
        : reading(rule, machine, labels, value) + ", no longer " + breach(rule);
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
      String name, CompiledRule rule, Machine machine, Labels labels, double value) {
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
      case "value" -> Optional.of(shortest(value));
      case "threshold" -> Optional.of(shortest(rule.threshold()));
      default -> Optional.empty();
    };
  }

  private static String reading(CompiledRule rule, Machine machine, Labels labels, double value) {
    var of =
        labels.asMap().entrySet().stream()
            .map(label -> label.getKey() + " " + label.getValue())
            .collect(Collectors.joining(", "));
    return "%s: %s%s is %s%s"
        .formatted(
            machine.id(),
            rule.metric(),
            of.isEmpty() ? "" : " of " + of,
            shortest(value),
            unit(rule));
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
    return relation + " " + shortest(rule.threshold()) + unit(rule);
  }

  private static String unit(CompiledRule rule) {
    var unit = MetricRegistry.builtIn().describe(rule.metric()).unit();
    return unit == Unit.ONE ? "" : " " + unit.symbol();
  }
}
