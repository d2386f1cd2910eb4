package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rules that look ahead or back, as a part of the whole. */
class EvaluatorTrendTest {
  private static final String SOON =
      """
        - name: soon
          metric: disk_percent
          forecast: {within: 24h, over: 1h}
          operator: gte
          threshold: 100
          clear: 95
          message: "{{labels.mount}} is {{current}} % full, {{value}} % in a day, full {{eta}}"
      """;
  private static final String SOON_STANDARD =
      "  - {name: soon, metric: disk_percent, forecast: {within: 1d, over: 1h}, operator: gte, threshold: 100}";
  private static final String DROPS =
      "  - {name: drops, metric: agent_dropped, change: {over: 10m}, operator: gt, threshold: 0}";
  private static final Labels ROOT = Labels.of("mount", "/");
  private static final String FIRED = "FIRED soon m1{mount=\"/\"}";
  private static final String RESOLVED = "RESOLVED soon m1{mount=\"/\"}";

  private double disk = 50;

  private void fill(Evaluation engine, Duration time, double perHour) {
    for (long i = 0; i < time.toSeconds() / 30; i++) {
      engine.pass(Duration.ofSeconds(30));
      disk += perHour / 120;
      engine.sample("m1", "disk_percent", ROOT, disk);
    }
  }

  private void count(Evaluation engine, Duration time, double value) {
    for (long i = 0; i < time.toSeconds() / 10; i++) {
      engine.pass(Duration.ofSeconds(10));
      engine.sample("agent_dropped", value);
    }
  }

  @Test
  void warnHoursBeforeTheDiskIsFull() {
    var engine = new Evaluation(SOON, Evaluation.FULL);
    fill(engine, Duration.ofMinutes(28), 10);
    assertThat(engine.changes()).isEmpty();
    fill(engine, Duration.ofMinutes(10), 10);
    assertThat(engine.changes()).containsExactly(FIRED);
    var fired = engine.last();
    assertThat(fired.value()).isGreaterThan(200);
    assertThat(fired.message())
        .matches("/ is 5\\d(\\.\\d+)? % full, 2\\d\\d(\\.\\d+)? % in a day, full in 5 h");
    fill(engine, Duration.ofHours(4), 10);
    assertThat(engine.changes()).containsExactly("FIRED full m1{mount=\"/\"}");
  }

  @Test
  void endAtOnceWhenRoomIsMade() {
    var engine = new Evaluation(SOON_STANDARD);
    fill(engine, Duration.ofHours(1), 10);
    assertThat(engine.changes()).containsExactly(FIRED);
    assertThat(engine.last().message())
        .matches(
            "m1: disk_percent of mount / is 5\\S+ %; as it goes on, \\S+ % in 1d, at or above 100 %");
    disk = 20;
    fill(engine, Duration.ofMinutes(1), 10);
    assertThat(engine.changes()).containsExactly(RESOLVED);
    assertThat(engine.last().message())
        .matches(
            "m1: disk_percent of mount / is 20\\S* %, no longer on the way to 100 % within 1d");
  }

  @Test
  void neitherFireNorResolveWithoutEnoughSamples() {
    var engine = new Evaluation(SOON);
    fill(engine, Duration.ofHours(1), 10);
    assertThat(engine.changes()).containsExactly(FIRED);
    engine.pass(Duration.ofHours(2));
    fill(engine, Duration.ofMinutes(25), 0);
    assertThat(engine.changes()).isEmpty();
    fill(engine, Duration.ofMinutes(10), 0);
    assertThat(engine.changes()).containsExactly(RESOLVED);
  }

  @Test
  void keepWhatTheyKnowWhenOtherRulesOrTagsChange() {
    var engine = new Evaluation(SOON);
    fill(engine, Duration.ofMinutes(28), 10);
    engine.install(SOON, Evaluation.BUSY);
    fill(engine, Duration.ofMinutes(1), 10);
    engine.evaluator.onBatch(
        engine.tagged(
            engine
                .batch("m1", engine.time.instant().plusSeconds(1))
                .sample("disk_percent", ROOT, disk)
                .event(),
            Map.of("env", "prod")));
    fill(engine, Duration.ofMinutes(3), 10);
    assertThat(engine.changes()).containsExactly(FIRED);
  }

  @Test
  void canBeSeededFromHistory() {
    var engine = new Evaluation(SOON);
    engine.sample("m1", "cpu_percent", Labels.empty(), 5);
    var series = engine.registry.intern("m1", "disk_percent", ROOT).orElseThrow();
    var times = new long[60];
    var values = new double[60];
    for (int i = 0; i < 60; i++) {
      times[i] = engine.time.millis() - (60 - i) * 60_000L;
      values[i] = 40 + i / 6.0;
    }
    engine.evaluator.seed(series, times, values, Duration.ofSeconds(5));
    assertThat(engine.changes()).isEmpty();
    disk = 50;
    fill(engine, Duration.ofMinutes(2), 10);
    assertThat(engine.changes()).containsExactly(FIRED);
  }

  @Test
  void survivesARestartInBothDirections() {
    var before = new Evaluation(SOON);
    fill(before, Duration.ofHours(1), 10);
    var fired = before.transitions.getFirst().alert();
    var engine = new Evaluation();
    engine.time.setWall(before.time.instant());
    engine.evaluator.restore(List.of(fired));
    engine.install(SOON);
    fill(engine, Duration.ofMinutes(25), 0);
    assertThat(engine.changes()).as("too few samples to tell").isEmpty();
    fill(engine, Duration.ofMinutes(10), 0);
    assertThat(engine.changes()).containsExactly(RESOLVED);
    assertThat(engine.last().id()).isEqualTo(fired.id());
  }

  @Test
  void tellOfAChangeForAsLongAsItIsRecent() {
    var engine = new Evaluation(DROPS);
    count(engine, Duration.ofMinutes(12), 3);
    assertThat(engine.changes()).isEmpty();
    count(engine, Duration.ofMinutes(9), 8);
    assertThat(engine.changes()).containsExactly("FIRED drops m1{}");
    assertThat(engine.last().value()).isEqualTo(5);
    assertThat(engine.last().message())
        .isEqualTo("m1: agent_dropped is 8, a change of 5 in 10m, above 0");
    count(engine, Duration.ofMinutes(2), 8);
    assertThat(engine.changes()).containsExactly("RESOLVED drops m1{}");
    assertThat(engine.last().message())
        .isEqualTo("m1: agent_dropped is 8, a change of 0 in 10m, no longer above 0");
  }

  @Test
  void tellNothingOfACounterThatBeginsAnew() {
    var engine = new Evaluation(DROPS);
    count(engine, Duration.ofMinutes(12), 300);
    count(engine, Duration.ofMinutes(15), 0);
    assertThat(engine.changes()).isEmpty();
  }
}
