package io.sysmonstm.alerts.engine.internal;

import static io.sysmonstm.alerts.engine.internal.Evaluation.BUSY;
import static io.sysmonstm.alerts.engine.internal.Evaluation.BUSY_FOR_ONE_MINUTE;
import static io.sysmonstm.alerts.engine.internal.Evaluation.FIRED;
import static io.sysmonstm.alerts.engine.internal.Evaluation.FULL;
import static io.sysmonstm.alerts.engine.internal.Evaluation.PENDING;
import static io.sysmonstm.alerts.engine.internal.Evaluation.RESOLVED;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an engine does with the alerts that another one has left. */
class EvaluatorRestartTest {
  @Test
  void doesNotFireAgainAndStillResolves() {
    var before = new Evaluation(BUSY);
    before.samples("cpu_percent", 95);
    var fired = before.transitions.getFirst().alert();

    var engine = restarted(before, fired, BUSY);
    engine.samples("cpu_percent", 96, 97);
    assertThat(engine.changes()).isEmpty();
    engine.samples("cpu_percent", 20);
    assertThat(engine.changes()).containsExactly(RESOLVED);
    assertThat(engine.last().id()).isEqualTo(fired.id());
  }

  @Test
  void goesOnWithAPendingAlert() {
    var before = new Evaluation(BUSY_FOR_ONE_MINUTE);
    before.samples("cpu_percent", 95);
    var pending = before.transitions.getFirst().alert();
    before.time.advance(Duration.ofSeconds(50));

    var engine = restarted(before, pending, BUSY_FOR_ONE_MINUTE);
    engine.samples("cpu_percent", 96);
    assertThat(engine.changes()).isEmpty();
    engine.samples("cpu_percent", 96);
    assertThat(engine.changes()).containsExactly(FIRED);
    assertThat(engine.last().startedAt()).isEqualTo(pending.startedAt());
  }

  @Test
  void doesNotCallALongOutageHeld() {
    var before = new Evaluation(BUSY_FOR_ONE_MINUTE);
    before.samples("cpu_percent", 95);
    var pending = before.transitions.getFirst().alert();
    before.time.advance(Duration.ofHours(2));

    var engine = restarted(before, pending, BUSY_FOR_ONE_MINUTE);
    engine.samples("cpu_percent", 96);
    assertThat(engine.changes()).containsExactly(PENDING);
    assertThat(engine.last().startedAt()).isEqualTo(engine.time.instant());
  }

  @Test
  void resolvesWhatHasNoRuleAnyMore() {
    var before = new Evaluation(BUSY);
    before.samples("cpu_percent", 95);
    var engine = restarted(before, before.transitions.getFirst().alert(), FULL);
    assertThat(engine.changes()).containsExactly(RESOLVED);
  }

  @Test
  void keepsAnAlertUntilTheTagsOfItsMachineAreKnown() {
    var rule =
        "  - {name: busy, metric: cpu_percent, operator: gt, threshold: 90, match: {tag.env: prod}}";
    var before = new Evaluation(rule);
    before.evaluator.onBatch(
        before.tagged(
            before.batch("m1", before.time.instant()).sample("cpu_percent", 95).event(),
            Map.of("env", "prod")));
    var engine = restarted(before, before.transitions.getFirst().alert(), rule);
    assertThat(engine.changes()).isEmpty();
    engine.samples("cpu_percent", 95);
    assertThat(engine.changes()).containsExactly(RESOLVED);
  }

  @Test
  void endsTheOldAlertWhereTheIdentityIsOpenAgain() {
    var before = new Evaluation(BUSY);
    before.samples("cpu_percent", 95);
    var old = before.transitions.getFirst().alert();
    var engine = new Evaluation(BUSY);
    engine.time.setWall(before.time.instant());
    engine.samples("cpu_percent", 95);
    engine.evaluator.restore(List.of(old));
    engine.install(BUSY);
    assertThat(engine.changes()).containsExactly(FIRED, RESOLVED);
    assertThat(engine.last().id()).isEqualTo(old.id());
  }

  private Evaluation restarted(Evaluation before, Alert open, String... rules) {
    var engine = new Evaluation();
    engine.time.setWall(before.time.instant());
    engine.evaluator.restore(List.of(open));
    engine.install(rules);
    return engine;
  }
}
