package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MassAbsenceTest {
  private static final String DOWN = "  - {name: down, absent: 30s, severity: critical}";
  private static final String FIRED = "FIRED machines-silent *{}";
  private static final String RESOLVED = "RESOLVED machines-silent *{}";

  private final Evaluation engine = new Evaluation(DOWN);

  private static List<String> machines(int from, int to) {
    var names = new ArrayList<String>();
    for (int i = from; i <= to; i++) {
      names.add("m" + i);
    }
    return names;
  }

  /** Each machine in its own moment of the 5 s, for so many cycles. */
  private void hear(List<String> machines, int cycles) {
    for (int cycle = 0; cycle < cycles; cycle++) {
      for (int second = 0; second < 5; second++) {
        engine.pass(Duration.ofSeconds(1));
        for (int i = second; i < machines.size(); i += 5) {
          engine.sample(machines.get(i), "cpu_percent", Labels.empty(), 5);
        }
      }
    }
  }

  @Test
  void isOneAlertWhereNobodyIsHeard() {
    hear(machines(1, 10), 3);
    engine.pass(Duration.ofMinutes(5));
    assertThat(engine.changes()).containsExactly(FIRED);
    assertThat(engine.last().message())
        .startsWith("no data from any machine, 10 in all: m1, m10, m2");
    assertThat(engine.last().severity()).isEqualTo(Severity.CRITICAL);
    assertThat(engine.last().value()).isEqualTo(10);
    hear(machines(1, 10), 30);
    assertThat(engine.changes()).containsExactly(RESOLVED);
  }

  @Test
  void isOneAlertWhereMoreThanThreeInTenAreNotHeard() {
    hear(machines(1, 10), 3);
    hear(machines(5, 10), 20);
    assertThat(engine.changes()).containsExactly(FIRED);
    assertThat(engine.last().message()).isEqualTo("no data from 4 of 10 machines: m1, m2, m3, m4");
  }

  @Test
  void leavesFewMachinesTheirOwnAlerts() {
    hear(machines(1, 10), 3);
    hear(machines(4, 10), 20);
    assertThat(engine.changes())
        .containsExactlyInAnyOrder("FIRED down m1{}", "FIRED down m2{}", "FIRED down m3{}");
  }

  @Test
  void leavesTwoMachinesTheirOwnAlertsThoughTheyAreAll() {
    hear(machines(1, 2), 3);
    engine.pass(Duration.ofSeconds(40));
    assertThat(engine.changes()).containsExactlyInAnyOrder("FIRED down m1{}", "FIRED down m2{}");
  }

  @Test
  void leavesMachinesTheirOwnAlertsThatFallSilentOneAfterAnother() {
    hear(machines(1, 6), 3);
    for (int gone = 1; gone <= 4; gone++) {
      hear(machines(gone + 1, 6), 18);
    }
    assertThat(engine.changes())
        .containsExactly(
            "FIRED down m1{}", "FIRED down m2{}", "FIRED down m3{}", "FIRED down m4{}");
  }

  @Test
  void givesAMachineThatStaysSilentItsOwnAlertAMinuteAfterTheOthersAreBack() {
    hear(machines(1, 10), 3);
    engine.pass(Duration.ofMinutes(2));
    assertThat(engine.changes()).containsExactly(FIRED);
    hear(machines(3, 10), 11);
    assertThat(engine.changes()).containsExactly(RESOLVED);
    assertThat(engine.last().message()).startsWith("data again from 7 of 10 machines");
    hear(machines(3, 10), 4);
    assertThat(engine.changes()).containsExactlyInAnyOrder("FIRED down m1{}", "FIRED down m2{}");
    hear(machines(1, 10), 2);
    assertThat(engine.changes())
        .containsExactlyInAnyOrder("RESOLVED down m1{}", "RESOLVED down m2{}");
  }

  @Test
  void doesNotCountMachinesThatWereDownBefore() {
    hear(machines(1, 10), 3);
    for (int gone = 1; gone <= 5; gone++) {
      hear(machines(gone + 1, 10), 16);
    }
    hear(machines(6, 10), 20);
    assertThat(engine.changes()).hasSize(5).allMatch(change -> change.startsWith("FIRED down"));
    hear(machines(7, 10), 10);
    assertThat(engine.changes()).containsExactly("FIRED down m6{}");
  }

  @Test
  void goesOnAfterARestartAndEnds() {
    hear(machines(1, 10), 3);
    engine.pass(Duration.ofMinutes(2));
    var fired = engine.transitions.getFirst().alert();

    var next = new Evaluation();
    next.time.setWall(engine.time.instant());
    next.evaluator.restore(List.of(fired));
    next.install(DOWN);
    next.install(DOWN);
    next.pass(Duration.ofSeconds(30));
    assertThat(next.changes()).isEmpty();
    for (int i = 0; i < 20; i++) {
      next.samples("cpu_percent", 5);
    }
    assertThat(next.changes()).containsExactly(RESOLVED);
    assertThat(next.last().id()).isEqualTo(fired.id());
  }

  @Test
  void countsAPauseOfTheEngineAsNobodysSilence() {
    hear(machines(1, 10), 3);
    engine.time.advance(Duration.ofMinutes(10));
    engine.evaluator.tick();
    hear(machines(1, 10), 3);
    assertThat(engine.changes()).isEmpty();
  }
}
