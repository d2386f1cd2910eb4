package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Alerts of a machine that is down, and of series that are gone. */
class SuppressionTest {
  private static final String DOWN = "  - {name: down, absent: 30s}";
  private static final String BUSY = Evaluation.BUSY_FOR_ONE_MINUTE;
  private static final Labels DATA = Labels.of("mount", "/data");

  private void hear(Evaluation engine, Duration time) {
    for (long i = 0; i < time.toSeconds() / 5; i++) {
      engine.samples("cpu_percent", 5);
    }
  }

  @Test
  void aMachineThatIsDownHasNothingPending() {
    var engine = new Evaluation(DOWN, BUSY);
    engine.samples("cpu_percent", 95, 95);
    engine.pass(Duration.ofSeconds(31));
    assertThat(engine.changes())
        .containsExactly("PENDING busy m1{}", "CANCELLED busy m1{}", "FIRED down m1{}");
    assertThat(engine.evaluator.isDown("m1")).isTrue();
  }

  @Test
  void oldSamplesOfAMachineThatReturnsFireNothing() {
    var engine = new Evaluation(DOWN, Evaluation.BUSY);
    engine.samples("cpu_percent", 5);
    engine.pass(Duration.ofMinutes(5));
    assertThat(engine.changes()).containsExactly("FIRED down m1{}");
    for (int ago = 300; ago > 60; ago -= 30) {
      engine.evaluator.onBatch(
          engine
              .batch("m1", engine.time.instant().minusSeconds(ago))
              .sample("cpu_percent", 99)
              .event());
    }
    assertThat(engine.changes()).containsExactly("RESOLVED down m1{}");
    assertThat(engine.evaluator.isDown("m1")).isFalse();
    assertThat(engine.evaluator.isDown("nobody")).isFalse();
  }

  @Test
  void aDiskThatWasUnmountedIsNotFullAnyMore() {
    var engine = new Evaluation(Evaluation.FULL);
    engine.sample("m1", "disk_percent", DATA, 95);
    hear(engine, Duration.ofMinutes(10));
    assertThat(engine.changes()).containsExactly("FIRED full m1{mount=\"/data\"}");
    hear(engine, Duration.ofSeconds(30));
    assertThat(engine.changes()).containsExactly("RESOLVED full m1{mount=\"/data\"}");
    assertThat(engine.last().message())
        .isEqualTo("m1: disk_percent of mount /data is no longer reported");
  }

  @Test
  void aSeriesIsNotGoneWhileItsMachineIs() {
    var engine = new Evaluation(Evaluation.FULL);
    engine.sample("m1", "disk_percent", DATA, 95);
    hear(engine, Duration.ofMinutes(9));
    engine.pass(Duration.ofHours(2));
    engine.samples("cpu_percent", 5, 5);
    assertThat(engine.changes()).containsExactly("FIRED full m1{mount=\"/data\"}");
    engine.sample("m1", "disk_percent", DATA, 95);
    hear(engine, Duration.ofMinutes(9));
    assertThat(engine.changes()).isEmpty();
  }

  @Test
  void aSeriesOfWhichTheSensorSaysNoNumberIsNotGone() {
    var engine = new Evaluation(Evaluation.FULL);
    engine.sample("m1", "disk_percent", DATA, 95);
    for (int i = 0; i < 200; i++) {
      engine.pass(Duration.ofSeconds(5));
      engine.sample("m1", "disk_percent", DATA, Double.NaN);
    }
    assertThat(engine.changes()).containsExactly("FIRED full m1{mount=\"/data\"}");
  }

  @Test
  void aMachineWithASlowIntervalGetsTwelveOfThem() {
    var engine = new Evaluation(Evaluation.FULL);
    engine.sample("m1", "disk_percent", DATA, 95);
    for (int minute = 0; minute < 33; minute += 3) {
      slowly(engine);
    }
    assertThat(engine.changes()).containsExactly("FIRED full m1{mount=\"/data\"}");
    slowly(engine);
    slowly(engine);
    assertThat(engine.changes()).containsExactly("RESOLVED full m1{mount=\"/data\"}");
  }

  private void slowly(Evaluation engine) {
    engine.pass(Duration.ofMinutes(3));
    engine.evaluator.onBatch(
        engine.every(
            engine.batch("m1", engine.time.instant()).sample("cpu_percent", 5).event(),
            Duration.ofMinutes(3)));
    engine.pass(Duration.ofSeconds(10));
  }
}
