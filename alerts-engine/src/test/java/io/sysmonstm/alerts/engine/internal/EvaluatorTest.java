package io.sysmonstm.alerts.engine.internal;

import static io.sysmonstm.alerts.engine.internal.Evaluation.BUSY;
import static io.sysmonstm.alerts.engine.internal.Evaluation.BUSY_FOR_ONE_MINUTE;
import static io.sysmonstm.alerts.engine.internal.Evaluation.CANCELLED;
import static io.sysmonstm.alerts.engine.internal.Evaluation.FIRED;
import static io.sysmonstm.alerts.engine.internal.Evaluation.FULL;
import static io.sysmonstm.alerts.engine.internal.Evaluation.PENDING;
import static io.sysmonstm.alerts.engine.internal.Evaluation.RESOLVED;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Severity;
import io.sysmonstm.api.TopProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
  @Nested
  class Threshold {
    @Test
    void firesOnceAndResolvesOnce() {
      var engine = new Evaluation(BUSY);
      engine.samples("cpu_percent", 50, 95, 96, 97, 70, 60, 50);
      assertThat(engine.changes()).containsExactly(FIRED, RESOLVED);
    }

    @Test
    void doesNothingBetweenClearAndThreshold() {
      var engine = new Evaluation(BUSY);
      engine.samples("cpu_percent", 95, 85, 91, 81, 90, 95, 80.5);
      assertThat(engine.changes()).containsExactly(FIRED);
      engine.samples("cpu_percent", 80);
      assertThat(engine.changes()).containsExactly(RESOLVED);
      engine.samples("cpu_percent", 85, 90);
      assertThat(engine.changes()).isEmpty();
    }

    @Test
    void resolvesAtTheThresholdWhereNoClearIsGiven() {
      var engine =
          new Evaluation("  - {name: busy, metric: cpu_percent, operator: gte, threshold: 90}");
      engine.samples("cpu_percent", 90, 89.9);
      assertThat(engine.changes()).containsExactly(FIRED, RESOLVED);
    }

    @Test
    void comparesWithEachOperator() {
      assertThat(fired("lt", 4, 5, 6)).containsExactly(4.0);
      assertThat(fired("lte", 4, 6, 5)).containsExactly(4.0, 5.0);
      assertThat(fired("gt", 6, 5, 4)).containsExactly(6.0);
      assertThat(fired("gte", 6, 4, 5)).containsExactly(6.0, 5.0);
      assertThat(fired("eq", 4, 5, 6)).containsExactly(5.0);
      assertThat(fired("ne", 4, 5, 6)).containsExactly(4.0, 6.0);
    }

    private List<Double> fired(String operator, double... values) {
      var engine =
          new Evaluation(
              "  - {name: r, metric: queue, operator: %s, threshold: 5}".formatted(operator));
      engine.samples("queue", values);
      return engine.transitions.stream()
          .filter(transition -> transition.change().name().equals("FIRED"))
          .map(transition -> transition.alert().value())
          .toList();
    }

    @Test
    void saysWhatAndWhen() {
      var engine = new Evaluation(FULL);
      engine.sample("m1", "disk_percent", Labels.of("mount", "/"), 95);
      var fired = engine.transitions.getFirst().alert();
      assertThat(fired.state()).isEqualTo(AlertState.FIRING);
      assertThat(fired.severity()).isEqualTo(Severity.CRITICAL);
      assertThat(fired.value()).isEqualTo(95);
      assertThat(fired.threshold()).isEqualTo(90);
      assertThat(fired.metric()).isEqualTo("disk_percent");
      assertThat(fired.startedAt()).isEqualTo(engine.time.instant());
      assertThat(fired.firedAt()).contains(engine.time.instant());
      assertThat(fired.message()).isEqualTo("m1: disk_percent of mount / is 95 %, above 90 %");

      engine.pass(Duration.ofSeconds(5));
      engine.sample("m1", "disk_percent", Labels.of("mount", "/"), 70.25);
      var resolved = engine.transitions.getLast().alert();
      assertThat(resolved.id()).isEqualTo(fired.id());
      assertThat(resolved.state()).isEqualTo(AlertState.RESOLVED);
      assertThat(resolved.resolvedAt()).contains(engine.time.instant());
      assertThat(resolved.message())
          .isEqualTo("m1: disk_percent of mount / is 70.25 %, no longer above 90 %");
    }

    @Test
    void keepsTheLabelsOfAMachineApart() {
      var engine = new Evaluation(FULL);
      for (int i = 0; i < 3; i++) {
        engine.pass(Duration.ofSeconds(5));
        engine.evaluator.onBatch(
            engine
                .batch("m1", engine.time.instant())
                .sample("disk_percent", Labels.of("mount", "/"), 95)
                .sample("disk_percent", Labels.of("mount", "/home"), 20)
                .event());
      }
      assertThat(engine.changes()).containsExactly("FIRED full m1{mount=\"/\"}");
    }

    @Test
    void keepsMachinesApart() {
      var engine = new Evaluation(BUSY);
      engine.sample("m1", "cpu_percent", Labels.empty(), 95);
      engine.sample("m2", "cpu_percent", Labels.empty(), 10);
      engine.sample("m3", "cpu_percent", Labels.empty(), 96);
      assertThat(engine.changes()).containsExactly(FIRED, "FIRED busy m3{}");
    }

    @Test
    void appliesSeveralRulesToOneSeries() {
      var engine =
          new Evaluation(
              "  - {name: warn, metric: cpu_percent, operator: gt, threshold: 85}",
              "  - {name: crit, metric: cpu_percent, operator: gt, threshold: 95}");
      engine.samples("cpu_percent", 90, 97, 90, 10);
      assertThat(engine.changes())
          .containsExactly(
              "FIRED warn m1{}", "FIRED crit m1{}", "RESOLVED crit m1{}", "RESOLVED warn m1{}");
    }
  }

  @Nested
  class Hold {
    @Test
    void firesOnlyAfterTheConditionHeld() {
      var engine = new Evaluation(BUSY_FOR_ONE_MINUTE);
      engine.samples("cpu_percent", 95);
      assertThat(engine.changes()).containsExactly(PENDING);
      var began = engine.time.instant();
      for (int i = 0; i < 11; i++) {
        engine.samples("cpu_percent", 95);
      }
      assertThat(engine.changes()).isEmpty();
      engine.samples("cpu_percent", 96);
      assertThat(engine.changes()).containsExactly(FIRED);
      assertThat(engine.last().startedAt()).isEqualTo(began);
      assertThat(engine.last().firedAt()).contains(began.plusSeconds(60));
    }

    @Test
    void beginsAnewAfterASampleThatDoesNotBreach() {
      var engine = new Evaluation(BUSY_FOR_ONE_MINUTE);
      engine.samples("cpu_percent", 95, 95, 85, 95);
      assertThat(engine.changes()).containsExactly(PENDING, CANCELLED, PENDING);
    }

    @Test
    void doesNotCountAGapAsHeld() {
      var engine = new Evaluation(BUSY_FOR_ONE_MINUTE);
      engine.samples("cpu_percent", 95);
      assertThat(engine.changes()).containsExactly(PENDING);
      engine.pass(Duration.ofSeconds(58));
      engine.samples("cpu_percent", 95);
      assertThat(engine.changes()).containsExactly(PENDING);
      assertThat(engine.last().startedAt()).isEqualTo(engine.time.instant());
    }

    @Test
    void forgetsAPendingAlertWhoseSeriesEnded() {
      var engine = new Evaluation(BUSY_FOR_ONE_MINUTE);
      engine.samples("cpu_percent", 95);
      engine.pass(Duration.ofMinutes(2));
      assertThat(engine.changes()).containsExactly(PENDING, CANCELLED);
    }
  }

  @Nested
  class WhatIsNotEvaluated {
    @Test
    void aReplayNeitherFiresNorResolves() {
      var engine = new Evaluation(BUSY);
      engine.evaluator.onBatch(
          engine.batch("m1", engine.time.instant()).sample("cpu_percent", 95).replay().event());
      assertThat(engine.changes()).isEmpty();
      engine.samples("cpu_percent", 95);
      assertThat(engine.changes()).containsExactly(FIRED);
      engine.time.advance(Duration.ofSeconds(5));
      engine.evaluator.onBatch(
          engine.batch("m1", engine.time.instant()).sample("cpu_percent", 5).replay().event());
      assertThat(engine.changes()).isEmpty();
      assertThat(engine.counted("alerts_samples_ignored_total", Labels.of("reason", "replay")))
          .isEqualTo(2);
    }

    @Test
    void aStaleSampleNeitherFiresNorResolves() {
      var engine = new Evaluation(BUSY);
      var old = engine.time.instant().minusSeconds(61);
      engine.evaluator.onBatch(engine.batch("m1", old).sample("cpu_percent", 95).event());
      assertThat(engine.changes()).isEmpty();
      var young = engine.time.instant().minusSeconds(60);
      engine.evaluator.onBatch(engine.batch("m1", young).sample("cpu_percent", 95).event());
      assertThat(engine.changes()).containsExactly(FIRED);
    }

    @Test
    void aLateSampleNeitherFiresNorResolves() {
      var engine = new Evaluation(BUSY);
      engine.samples("cpu_percent", 50, 95);
      assertThat(engine.changes()).containsExactly(FIRED);
      var earlier = engine.time.instant().minusSeconds(1);
      engine.evaluator.onBatch(engine.batch("m1", earlier).sample("cpu_percent", 5).event());
      engine.sample("cpu_percent", 5);
      assertThat(engine.changes()).isEmpty();
      assertThat(engine.counted("alerts_samples_ignored_total", Labels.of("reason", "late")))
          .isEqualTo(2);
    }

    @Test
    void notANumberDoesNotResolve() {
      var engine = new Evaluation(BUSY);
      engine.samples("cpu_percent", 95, Double.NaN, Double.NEGATIVE_INFINITY);
      assertThat(engine.changes()).containsExactly(FIRED);
    }

    @Test
    void aClockFarAheadNeitherSilencesAMachineNorHoldsUpLaterSamples() {
      var engine = new Evaluation(BUSY);
      var ahead = engine.time.instant().plus(Duration.ofHours(1));
      engine.evaluator.onBatch(engine.batch("m1", ahead).sample("cpu_percent", 95).event());
      assertThat(engine.changes()).containsExactly(FIRED);
      engine.samples("cpu_percent", 10);
      assertThat(engine.changes()).containsExactly(RESOLVED);
    }

    @Test
    void machinesBeyondTheLimitAreCounted() {
      var engine = new Evaluation(new Bounds(1, 10_000, 10_000), BUSY);
      engine.sample("m1", "cpu_percent", Labels.empty(), 95);
      engine.sample("m2", "cpu_percent", Labels.empty(), 95);
      assertThat(engine.changes()).containsExactly(FIRED);
      assertThat(engine.counted("alerts_samples_ignored_total", Labels.of("reason", "limit")))
          .isEqualTo(1);
    }

    @Test
    void seriesBeyondTheLimitOfRuleStatesAreCounted() {
      var engine = new Evaluation(new Bounds(100, 10_000, 1), BUSY);
      engine.sample("m1", "cpu_percent", Labels.empty(), 95);
      engine.sample("m2", "cpu_percent", Labels.empty(), 95);
      assertThat(engine.changes()).containsExactly(FIRED);
      assertThat(engine.counted("alerts_rule_states_refused_total", Labels.empty())).isEqualTo(1);
    }
  }

  @Nested
  class Match {
    @Test
    void selectsByLabelMachineAndTag() {
      var engine =
          new Evaluation(
              """
                - name: full
                  metric: disk_percent
                  match: {mount: "/data*", machine: "db-?", tag.env: prod}
                  operator: gt
                  threshold: 90
              """);
      for (var machine : List.of("db-1", "db-10", "web-1")) {
        for (var mount : List.of("/", "/data", "/data/1")) {
          var event =
              engine
                  .batch(machine, engine.time.instant())
                  .sample("disk_percent", Labels.of("mount", mount), 95)
                  .event();
          engine.evaluator.onBatch(engine.tagged(event, Map.of("env", "prod")));
        }
      }
      assertThat(engine.changes())
          .containsExactly(
              "FIRED full db-1{mount=\"/data\"}", "FIRED full db-1{mount=\"/data/1\"}");
    }

    @Test
    void followsTheTagsOfAMachine() {
      var engine =
          new Evaluation(
              "  - {name: busy, metric: cpu_percent, operator: gt, threshold: 90, match: {tag.env: prod}}");
      tagged(engine, "prod", 95);
      assertThat(engine.changes()).containsExactly(FIRED);
      tagged(engine, "test", 95);
      assertThat(engine.changes()).containsExactly(RESOLVED);
      assertThat(engine.last().message()).contains("no longer applies");
      tagged(engine, "prod", 95);
      assertThat(engine.changes()).containsExactly(FIRED);
    }

    private void tagged(Evaluation engine, String env, double value) {
      engine.time.advance(Duration.ofSeconds(5));
      var event = engine.batch("m1", engine.time.instant()).sample("cpu_percent", value).event();
      engine.evaluator.onBatch(engine.tagged(event, Map.of("env", env)));
    }

    @Test
    void doesNotTakeAMissingLabelForAnyLabel() {
      var engine =
          new Evaluation(
              "  - {name: busy, metric: cpu_percent, operator: gt, threshold: 90, match: {core: \"*\"}}");
      engine.samples("cpu_percent", 95);
      assertThat(engine.changes()).isEmpty();
    }
  }

  @Nested
  class Culprit {
    private static final TopProcess HOT = new TopProcess(1, "miner", "u", 390, 1L << 20);
    private static final TopProcess FAT = new TopProcess(2, "cache", "u", 2, 1L << 33);

    @Test
    void isTheGreatestUserOfWhatTheAlertIsAbout() {
      var engine =
          new Evaluation(
              BUSY, "  - {name: mem, metric: memory_percent, operator: gt, threshold: 90}");
      engine.evaluator.onBatch(
          engine.batch("m1", engine.time.instant()).processes(FAT, HOT).event());
      engine.pass(Duration.ofSeconds(5));
      engine.evaluator.onBatch(
          engine
              .batch("m1", engine.time.instant())
              .sample("cpu_percent", 95)
              .sample("memory_percent", 95)
              .event());
      assertThat(engine.transitions.getFirst().alert().processes()).containsExactly(HOT, FAT);
      assertThat(engine.transitions.getLast().alert().processes()).containsExactly(FAT, HOT);
    }

    @Test
    void isNotGuessedFromOldProcesses() {
      var engine = new Evaluation(BUSY);
      engine.evaluator.onBatch(engine.batch("m1", engine.time.instant()).processes(HOT).event());
      engine.pass(Duration.ofSeconds(21));
      engine.sample("cpu_percent", 95);
      assertThat(engine.transitions.getFirst().alert().processes()).isEmpty();
    }
  }
}
