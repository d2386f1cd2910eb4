package io.sysmonstm.alerts.engine;

import io.sysmonstm.api.Rule;
import io.sysmonstm.spi.Health;
import java.util.List;

/** Where the engine's own rules come from, beside those of the API. Thread-safe. */
public interface RuleSource {
  /**
   * {@return the rules in force, with unique names and origin FILE; the same list object while
   * nothing changed} Called by the engine each second, off the evaluation path; may block for a
   * moment. Does not throw: a source that cannot be read goes on with the rules that it has, and
   * says so in its health.
   */
  List<Rule> rules();

  /** {@return whether the rules in force are those that the source now has; never blocks} */
  Health health();

  /**
   * {@return a source that never changes}
   *
   * @param rules with unique names and origin FILE
   */
  static RuleSource of(List<Rule> rules) {
    var fixed = List.copyOf(rules);
    return new RuleSource() {
      @Override
      public List<Rule> rules() {
        return fixed;
      }

      @Override
      public Health health() {
        return Health.ok();
      }
    };
  }
}
