package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.MetricsEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AbsenceCheckTest {
  private static final String DOWN = "  - {name: down, absent: 30s, severity: critical}";
  private static final String FIRED = "FIRED down m1{}";
  private static final String RESOLVED = "RESOLVED down m1{}";

  @Test
  void firesOnceAfterTheSilenceAndResolvesWithTheNextBatch() {
    var engine = new Evaluation(DOWN);
    engine.samples("cpu_percent", 5, 5);
    var heard = engine.time.instant();
    engine.pass(Duration.ofSeconds(29));
    assertThat(engine.changes()).isEmpty();
    engine.pass(Duration.ofSeconds(60));
    assertThat(engine.changes()).containsExactly(FIRED);
    assertThat(engine.last().startedAt()).isEqualTo(heard);
    assertThat(engine.last().firedAt()).contains(heard.plusSeconds(30));
    assertThat(engine.last().message()).isEqualTo("m1: no data for 30 s");
    engine.samples("cpu_percent", 5, 5);
    assertThat(engine.changes()).containsExactly(RESOLVED);
    assertThat(engine.last().message()).isEqualTo("m1: data again after 94 s");
  }

  @Test
  void staysQuietWhileBatchesCome() {
    var engine = new Evaluation(DOWN);
    for (int i = 0; i < 20; i++) {
      engine.samples("cpu_percent", 5);
    }
    assertThat(engine.changes()).isEmpty();
  }

  @Test
  void goesByReceiptAndNotByTheClockOfTheMachine() {
    var engine = new Evaluation(DOWN);
    for (int i = 0; i < 20; i++) {
      engine.pass(Duration.ofSeconds(5));
      var anHourAgo = engine.time.instant().minus(Duration.ofHours(1));
      engine.evaluator.onBatch(engine.batch("m1", anHourAgo).sample("cpu_percent", 5).event());
    }
    engine.time.setWall(engine.time.instant().plus(Duration.ofHours(5)));
    engine.evaluator.tick();
    assertThat(engine.changes()).isEmpty();
  }

  @Test
  void isNotEndedByAReplay() {
    var engine = new Evaluation(DOWN);
    engine.samples("cpu_percent", 5);
    engine.pass(Duration.ofSeconds(30));
    engine.evaluator.onBatch(
        engine.batch("m1", engine.time.instant()).sample("cpu_percent", 5).replay().event());
    assertThat(engine.changes()).containsExactly(FIRED);
  }

  @Test
  void doesNotCallAMachineSilentThatIsOnTime() {
    var engine = new Evaluation(DOWN);
    for (int i = 0; i < 4; i++) {
      var event = engine.batch("m1", engine.time.instant()).sample("cpu_percent", 5).event();
      engine.evaluator.onBatch(
          new MetricsEvent(
              event.batch(), event.resource(), Duration.ofMinutes(1), event.receivedAt()));
      engine.pass(Duration.ofMinutes(1));
    }
    assertThat(engine.changes()).isEmpty();
    engine.pass(Duration.ofMinutes(1));
    assertThat(engine.changes()).containsExactly(FIRED);
  }

  @Test
  void holdsBackForAsLongAsTheRuleSays() {
    var engine = new Evaluation("  - {name: down, absent: 30s, for: 20s}");
    engine.samples("cpu_percent", 5);
    engine.pass(Duration.ofSeconds(40));
    assertThat(engine.changes()).containsExactly("PENDING down m1{}");
    engine.samples("cpu_percent", 5);
    assertThat(engine.changes()).containsExactly("CANCELLED down m1{}");
    engine.pass(Duration.ofSeconds(50));
    assertThat(engine.changes()).containsExactly("PENDING down m1{}", FIRED);
  }

  @Test
  void watchesOnlyTheMachinesThatMatch() {
    var engine = new Evaluation("  - {name: down, absent: 30s, match: {machine: \"db-*\"}}");
    engine.sample("db-1", "cpu_percent", Labels.empty(), 5);
    engine.sample("web-1", "cpu_percent", Labels.empty(), 5);
    engine.pass(Duration.ofSeconds(40));
    assertThat(engine.changes()).containsExactly("FIRED down db-1{}");
  }

  @Test
  void doesNotBlameMachinesForAPauseOfTheEngine() {
    var engine = new Evaluation(DOWN);
    engine.samples("cpu_percent", 5);
    engine.time.advance(Duration.ofMinutes(1));
    engine.evaluator.tick();
    assertThat(engine.changes()).isEmpty();
    engine.pass(Duration.ofSeconds(31));
    assertThat(engine.changes()).containsExactly(FIRED);
  }

  @Test
  void leavesOtherAlertsOfTheMachineAsTheyAre() {
    var engine =
        new Evaluation(DOWN, "  - {name: busy, metric: cpu_percent, operator: gt, threshold: 90}");
    engine.samples("cpu_percent", 95);
    engine.pass(Duration.ofMinutes(5));
    assertThat(engine.changes()).containsExactly("FIRED busy m1{}", FIRED);
    engine.samples("cpu_percent", 95);
    assertThat(engine.changes()).containsExactly(RESOLVED);
  }

  @Test
  void goesOnAfterARestart() {
    var before = new Evaluation(DOWN);
    before.samples("cpu_percent", 5);
    before.pass(Duration.ofSeconds(30));
    var fired = before.transitions.getFirst().alert();

    var engine = new Evaluation();
    engine.time.setWall(before.time.instant());
    engine.evaluator.restore(List.of(fired));
    engine.install(DOWN);
    engine.pass(Duration.ofMinutes(2));
    assertThat(engine.changes()).isEmpty();
    engine.samples("cpu_percent", 5);
    assertThat(engine.changes()).containsExactly(RESOLVED);
  }
}
