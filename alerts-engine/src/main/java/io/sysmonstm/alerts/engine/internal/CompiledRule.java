package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Glob;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Operator;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A rule with all that evaluation needs unpacked. Immutable. */
final class CompiledRule {
  private static final String MACHINE = "machine";
  private static final String TAG = "tag.";

  private record LabelGlob(String name, Glob glob) {
    boolean matches(Map<String, String> values) {
      var value = values.get(name);
      return value != null && glob.matches(value);
    }
  }

  private final Rule rule;
  private final String metric;
  private final Operator operator;
  private final double threshold;
  private final double clear;
  private final long silenceNanos;
  private final long holdMillis;
  private final Glob machine;
  private final List<LabelGlob> labels = new ArrayList<>();
  private final List<LabelGlob> tags = new ArrayList<>();
  private final Optional<MessageTemplate> template;

  CompiledRule(Rule rule) {
    this.rule = rule;
    this.holdMillis = rule.hold().toMillis();
    this.template = rule.message().map(MessageTemplate::new);
    switch (rule.condition()) {
      case Rule.OfMetric condition -> {
        metric = condition.metric();
        operator = condition.operator();
        threshold = condition.threshold();
        clear = condition.clear();
        silenceNanos = 0;
      }
      case Rule.Absent absent -> {
        metric = "";
        operator = Operator.GTE;
        threshold = absent.silence().toMillis() / 1000.0;
        clear = threshold;
        silenceNanos = absent.silence().toNanos();
      }
    }
    machine = Glob.of(rule.match().getOrDefault(MACHINE, "*"));
    rule.match()
        .forEach(
            (name, glob) -> {
              if (name.startsWith(TAG)) {
                tags.add(new LabelGlob(name.substring(TAG.length()), Glob.of(glob)));
              } else if (!name.equals(MACHINE)) {
                labels.add(new LabelGlob(name, Glob.of(glob)));
              }
            });
  }

  /**
   * Whether a series of a machine is meant. A label or tag that is asked for and missing does not
   * match, whatever its glob. Of a machine that was not heard from since the start the tags are not
   * known: they do not match then.
   */
  boolean appliesTo(Machine candidate, Labels values) {
    return machine.matches(candidate.id())
        && allMatch(labels, values.asMap())
        && allMatch(tags, candidate.tags());
  }

  /**
   * Whether an alert that is open already may stay: as {@link #appliesTo}, but tags not yet known
   * are taken to match.
   */
  boolean mayKeep(Machine candidate, Labels values) {
    return candidate.isKnown()
        ? appliesTo(candidate, values)
        : machine.matches(candidate.id()) && allMatch(labels, values.asMap());
  }

  private static boolean allMatch(List<LabelGlob> globs, Map<String, String> values) {
    for (var glob : globs) {
      if (!glob.matches(values)) {
        return false;
      }
    }
    return true;
  }

  boolean breachedBy(double value) {
    return operator.test(value, threshold);
  }

  boolean clearedBy(double value) {
    return !operator.test(value, threshold) && !operator.test(value, clear);
  }

  String name() {
    return rule.name();
  }

  /** The metric's name, empty for a rule on absence. */
  String metric() {
    return metric;
  }

  boolean isAbsence() {
    return metric.isEmpty();
  }

  Operator operator() {
    return operator;
  }

  double threshold() {
    return threshold;
  }

  long silenceNanos() {
    return silenceNanos;
  }

  long holdMillis() {
    return holdMillis;
  }

  Rule.Condition condition() {
    return rule.condition();
  }

  Severity severity() {
    return rule.severity();
  }

  Glob machine() {
    return machine;
  }

  /** A label that a series must have with this very value, if the rule asks for one. */
  Optional<Map.Entry<String, String>> literalLabel() {
    return labels.stream()
        .filter(label -> label.glob.isLiteral())
        .map(label -> Map.entry(label.name, label.glob.pattern()))
        .findFirst();
  }

  Optional<MessageTemplate> template() {
    return template;
  }
}
