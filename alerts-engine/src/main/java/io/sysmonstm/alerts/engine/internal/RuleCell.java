package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Operator;
import org.jspecify.annotations.Nullable;

/** A rule and one series that it applies to. What the quiet case reads lies in the cell itself. */
final class RuleCell {
  static final RuleCell[] NONE = {};

  final CompiledRule rule;
  private final Operator operator;
  private final double threshold;

  /** What makes the number that is compared, null where it is the sample itself. */
  final @Nullable Derivation derivation;

  @Nullable OpenAlert open;

  RuleCell(CompiledRule rule, @Nullable Derivation derivation, @Nullable OpenAlert open) {
    this.rule = rule;
    this.derivation = derivation;
    this.operator = rule.operator();
    this.threshold = rule.threshold();
    this.open = open;
  }

  boolean breachedBy(double value) {
    return operator.test(value, threshold);
  }
}
