package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Compiled rules by metric, and within a metric by the one machine or the one label they name, so
 * that the first sight of a series looks at few of them. Immutable.
 */
public final class RuleIndex {
  private static final BinaryOperator<Duration> LONGER =
      BinaryOperator.maxBy(Comparator.naturalOrder());

  private static final class MetricRules {
    private final List<CompiledRule> others = new ArrayList<>();
    private final Map<String, List<CompiledRule>> byMachine = new HashMap<>();
    private final Map<Map.Entry<String, String>, List<CompiledRule>> byLabel = new HashMap<>();

    /** Where a rule is to be found: in one place, by what narrows it down the most. */
    List<CompiledRule> placeOf(CompiledRule rule) {
      if (rule.machine().isLiteral()) {
        return byMachine.computeIfAbsent(rule.machine().pattern(), machine -> new ArrayList<>());
      }
      return rule.literalLabel()
          .map(label -> byLabel.computeIfAbsent(label, pair -> new ArrayList<>()))
          .orElse(others);
    }
  }

  private final Map<String, CompiledRule> byName = new HashMap<>();
  private final Map<String, Duration> windows = new HashMap<>();
  private final Map<String, MetricRules> byMetric = new HashMap<>();

  /**
   * Compiles rules.
   *
   * @param rules with unique names
   */
  public RuleIndex(List<Rule> rules) {
    for (var rule : rules) {
      var compiled = new CompiledRule(rule);
      byName.put(rule.name(), compiled);
      lookBack(rule.condition());
      byMetric
          .computeIfAbsent(compiled.metric(), metric -> new MetricRules())
          .placeOf(compiled)
          .add(compiled);
    }
  }

  /** {@return the number of rules} */
  public int size() {
    return byName.size();
  }

  private void lookBack(Rule.Condition condition) {
    switch (condition) {
      case Rule.Forecast forecast -> windows.merge(forecast.metric(), forecast.over(), LONGER);
      case Rule.Change change -> windows.merge(change.metric(), change.over(), LONGER);
      case Rule.Threshold _, Rule.Absent _ -> {}
    }
  }

  /** How far back rules look, by metric. */
  Map<String, Duration> windows() {
    return Map.copyOf(windows);
  }

  @Nullable CompiledRule find(String name) {
    return byName.get(name);
  }

  /** The rules for a series; the metric is empty for the rules on absence of a machine. */
  List<CompiledRule> matching(Machine machine, String metric, Labels labels) {
    var ofMetric = byMetric.get(metric);
    if (ofMetric == null) {
      return List.of();
    }
    var matching = new ArrayList<CompiledRule>();
    addMatching(ofMetric.others, machine, labels, matching);
    addMatching(
        ofMetric.byMachine.getOrDefault(machine.id(), List.of()), machine, labels, matching);
    for (var label : labels.asMap().entrySet()) {
      addMatching(ofMetric.byLabel.getOrDefault(label, List.of()), machine, labels, matching);
    }
    return matching;
  }

  private static void addMatching(
      List<CompiledRule> candidates, Machine machine, Labels labels, List<CompiledRule> matching) {
    for (var rule : candidates) {
      if (rule.appliesTo(machine, labels)) {
        matching.add(rule);
      }
    }
  }
}
