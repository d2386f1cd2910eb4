package io.sysmonstm.alerts.engine.internal;

import static io.sysmonstm.alerts.engine.internal.Evaluation.BUSY;
import static io.sysmonstm.alerts.engine.internal.Evaluation.BUSY_FOR_ONE_MINUTE;
import static io.sysmonstm.alerts.engine.internal.Evaluation.CANCELLED;
import static io.sysmonstm.alerts.engine.internal.Evaluation.FIRED;
import static io.sysmonstm.alerts.engine.internal.Evaluation.FULL;
import static io.sysmonstm.alerts.engine.internal.Evaluation.PENDING;
import static io.sysmonstm.alerts.engine.internal.Evaluation.RESOLVED;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a change of the rules does to alerts that are open. */
class EvaluatorRuleChangeTest {
  @Test
  void resolveTheAlertsOfARuleThatIsGoneOnce() {
    var engine = new Evaluation(BUSY);
    engine.samples("cpu_percent", 95);
    engine.install();
    engine.install();
    engine.samples("cpu_percent", 95);
    assertThat(engine.changes()).containsExactly(FIRED, RESOLVED);
    assertThat(engine.last().message()).isEqualTo("rule busy was removed");
  }

  @Test
  void cancelWhatWasPending() {
    var engine = new Evaluation(BUSY_FOR_ONE_MINUTE);
    engine.samples("cpu_percent", 95);
    engine.install();
    assertThat(engine.changes()).containsExactly(PENDING, CANCELLED);
  }

  @Test
  void resolveWhereTheRuleNowWatchesAnotherMetric() {
    var engine = new Evaluation(BUSY);
    engine.samples("cpu_percent", 95);
    engine.install("  - {name: busy, metric: memory_percent, operator: gt, threshold: 90}");
    assertThat(engine.changes()).containsExactly(FIRED, RESOLVED);
  }

  @Test
  void keepAnAlertThatStillApplies() {
    var engine = new Evaluation(BUSY);
    engine.samples("cpu_percent", 95);
    engine.install(BUSY, FULL);
    engine.samples("cpu_percent", 95, 85);
    assertThat(engine.changes()).containsExactly(FIRED);
    engine.samples("cpu_percent", 70);
    assertThat(engine.changes()).containsExactly(RESOLVED);
  }

  @Test
  void decideTheNextSampleByTheNewThreshold() {
    var engine = new Evaluation(BUSY);
    engine.samples("cpu_percent", 95);
    engine.install("  - {name: busy, metric: cpu_percent, operator: gt, threshold: 98}");
    engine.samples("cpu_percent", 95);
    assertThat(engine.changes()).containsExactly(FIRED, RESOLVED);
  }

  @Test
  void doNotMakeOldSamplesNew() {
    var engine = new Evaluation(FULL);
    engine.samples("cpu_percent", 50);
    engine.install(BUSY);
    engine.samples("cpu_percent", 95);
    engine.install(BUSY, FULL);
    engine.evaluator.onBatch(
        engine.batch("m1", engine.time.instant().minusSeconds(2)).sample("cpu_percent", 5).event());
    assertThat(engine.changes()).containsExactly(FIRED);
  }
}
