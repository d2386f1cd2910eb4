package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.SeriesRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Series whose registry forgets them, and whose indexes others get. */
class ForgottenSeriesTest {
  private static final String BUSY =
      "  - {name: busy, metric: cpu_percent, operator: gt, threshold: 90, clear: 80}";
  private static final Labels NONE = Labels.empty();

  private final Evaluation engine = new Evaluation(BUSY);

  // Two ends of periods: what had no sample between them is forgotten by the second.
  private void forgetTheUnused() {
    for (var machine : List.of("first", "second")) {
      engine.pass(SeriesRegistry.DEFAULT_FORGET_AFTER.plus(Duration.ofSeconds(1)));
      engine.sample(machine, "cpu_percent", NONE, 50);
    }
  }

  private int index(String machine) {
    return engine.registry.intern(machine, "cpu_percent", NONE).orElseThrow().index();
  }

  @Test
  void aSeriesThatGetsTheIndexOfAnotherInheritsNothing() {
    engine.sample("m1", "cpu_percent", NONE, 95);
    assertThat(engine.changes()).containsExactly("FIRED busy m1{}");
    int before = index("m1");
    forgetTheUnused();
    assertThat(index("second")).isEqualTo(before);
    assertThat(engine.changes()).isEmpty();
    engine.pass(Duration.ofSeconds(5));
    engine.sample("second", "cpu_percent", NONE, 95);
    assertThat(engine.changes()).containsExactly("FIRED busy second{}");
  }

  @Test
  void anAlertOutlivesItsSeriesAndResolvesByTheNextOne() {
    engine.sample("m1", "cpu_percent", NONE, 95);
    assertThat(engine.changes()).containsExactly("FIRED busy m1{}");
    forgetTheUnused();
    engine.sample("m1", "cpu_percent", NONE, 96);
    engine.sample("third", "cpu_percent", NONE, 50);
    assertThat(engine.changes()).isEmpty();
    engine.pass(Duration.ofSeconds(5));
    engine.sample("m1", "cpu_percent", NONE, 50);
    assertThat(engine.changes()).containsExactly("RESOLVED busy m1{}");
  }
}
