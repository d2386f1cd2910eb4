package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiled rules by metric, and within a metric by the one machine they name, so that the first
 * sight of a series looks at few of them. Immutable.
 */
public final class RuleIndex {
  private static final class MetricRules {
    private final List<CompiledRule> ofAnyMachine = new ArrayList<>();
    private final Map<String, List<CompiledRule>> ofOneMachine = new HashMap<>();
  }

  private final Map<String, CompiledRule> byName = new HashMap<>();
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
      var ofMetric = byMetric.computeIfAbsent(compiled.metric(), metric -> new MetricRules());
      if (compiled.machine().isLiteral()) {
        ofMetric
            .ofOneMachine
            .computeIfAbsent(compiled.machine().pattern(), machine -> new ArrayList<>())
            .add(compiled);
      } else {
        ofMetric.ofAnyMachine.add(compiled);
      }
    }
  }

  /** {@return the number of rules} */
  public int size() {
    return byName.size();
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
    addMatching(ofMetric.ofAnyMachine, machine, labels, matching);
    addMatching(
        ofMetric.ofOneMachine.getOrDefault(machine.id(), List.of()), machine, labels, matching);
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
