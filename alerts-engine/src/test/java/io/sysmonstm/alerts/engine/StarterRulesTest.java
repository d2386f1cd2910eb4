package io.sysmonstm.alerts.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.MetricRegistry;
import io.sysmonstm.api.Rule;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class StarterRulesTest {
  private static final Pattern LABEL = Pattern.compile("labels\\.(\\w+)");

  @Test
  void nameOnlyBuiltInMetricsAndTheirLabels() {
    assertThat(StarterRules.rules()).hasSizeGreaterThan(10);
    for (var rule : StarterRules.rules()) {
      if (rule.condition() instanceof Rule.OfMetric condition) {
        var metric = MetricRegistry.builtIn().find(condition.metric());
        assertThat(metric).as(rule.name()).isPresent();
        var labels = metric.orElseThrow().labels();
        assertThat(labels).as(rule.name()).containsAll(rule.match().keySet());
        assertThat(LABEL.matcher(rule.message().orElseThrow()).results().map(m -> m.group(1)))
            .as(rule.name())
            .allMatch(labels::contains);
      }
    }
  }

  @Test
  void sayWhichMachineAndWhatValue() {
    assertThat(StarterRules.rules())
        .allMatch(rule -> rule.message().orElse("").contains("{{hostname}}"))
        .allMatch(
            rule ->
                rule.message()
                    .orElse("")
                    .contains(rule.condition() instanceof Rule.Forecast ? "{{eta}}" : "{{value}}"));
  }

  @Test
  void resolveOnTheGoodSideOfTheirThreshold() {
    assertThat(StarterRules.rules())
        .filteredOn(rule -> rule.name().equals("disk-filling"))
        .singleElement()
        .extracting(rule -> ((Rule.OfMetric) rule.condition()).clear())
        .isEqualTo(80.0);
  }
}
