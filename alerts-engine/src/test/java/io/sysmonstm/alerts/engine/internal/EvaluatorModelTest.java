package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random samples against a model that is as plain as can be: one map, no index, no cells. */
class EvaluatorModelTest {
  private static final double THRESHOLD = 90;
  private static final double CLEAR = 80;
  private static final String[] MOUNTS = {"/", "/home", "/data"};

  /** What the model knows of one series under one rule. */
  private static final class State {
    private boolean firing;
    private long pendingSince = -1;
    private long lastSample = Long.MIN_VALUE;
  }

  private final Map<String, State> states = new HashMap<>();
  private final List<String> expected = new ArrayList<>();

  private void model(String rule, long holdMillis, String series, double value, long at) {
    var state = states.computeIfAbsent(rule + series, key -> new State());
    if (at <= state.lastSample) {
      return;
    }
    boolean gap = at - state.lastSample > 30_000;
    state.lastSample = at;
    var identity = " " + rule + " " + series;
    if (state.firing) {
      if (value <= CLEAR) {
        state.firing = false;
        expected.add("RESOLVED" + identity);
      }
    } else if (value > THRESHOLD) {
      if (holdMillis == 0
          || (state.pendingSince >= 0 && !gap && at - state.pendingSince >= holdMillis)) {
        state.firing = true;
        state.pendingSince = -1;
        expected.add("FIRED" + identity);
      } else if (state.pendingSince < 0 || gap) {
        state.pendingSince = at;
        expected.add("PENDING" + identity);
      }
    } else if (state.pendingSince >= 0) {
      state.pendingSince = -1;
      expected.add("CANCELLED" + identity);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void agreesWithAPlainModel(long seed) {
    var random = new Random(seed);
    var engine =
        new Evaluation(
            "  - {name: now, metric: disk_percent, operator: gt, threshold: 90, clear: 80}",
            "  - {name: held, metric: disk_percent, operator: gt, threshold: 90, clear: 80, for: 12s}");
    for (int i = 0; i < 2_500; i++) {
      engine.time.advance(
          Duration.ofMillis(random.nextInt(100) == 0 ? 40_000 : random.nextInt(4_000)));
      var machine = "m" + random.nextInt(2);
      var mount = MOUNTS[random.nextInt(MOUNTS.length)];
      boolean replay = random.nextInt(20) == 0;
      boolean late = random.nextInt(10) == 0;
      var at = engine.time.instant().minusMillis(late ? random.nextInt(90_000) : 0);
      double value = random.nextInt(50) == 0 ? Double.NaN : 70 + random.nextInt(30);
      var labels = Labels.of("mount", mount);
      var batch = engine.batch(machine, at).sample("disk_percent", labels, value);
      engine.evaluator.onBatch((replay ? batch.replay() : batch).event());
      boolean stale = at.isBefore(engine.time.instant().minusSeconds(60));
      if (!replay && !stale && !Double.isNaN(value)) {
        model("now", 0, machine + labels, value, at.toEpochMilli());
        model("held", 12_000, machine + labels, value, at.toEpochMilli());
      }
      if (random.nextInt(200) == 0) {
        engine.install(
            "  - {name: held, metric: disk_percent, operator: gt, threshold: 90, clear: 80, for: 12s}",
            "  - {name: now, metric: disk_percent, operator: gt, threshold: 90, clear: 80}");
      }
    }
    assertThat(expected).hasSizeGreaterThan(300);
    assertThat(sorted(engine.changes())).isEqualTo(sorted(expected));
  }

  /**
   * By identity: the order of rules changes with each new list of them, that of one identity never.
   */
  private static Map<String, List<String>> sorted(List<String> changes) {
    var byIdentity = new HashMap<String, List<String>>();
    for (var change : changes) {
      var parts = change.split(" ", 2);
      byIdentity.computeIfAbsent(parts[1], identity -> new ArrayList<>()).add(parts[0]);
    }
    return byIdentity;
  }
}
