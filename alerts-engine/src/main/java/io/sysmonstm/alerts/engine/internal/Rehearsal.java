package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.AlertEvent.Change;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Rules on samples of another time: the very evaluator that runs in production, with a clock that
 * goes where the samples are. Confined to one thread.
 */
public final class Rehearsal {
  private static final UUID EPOCH = new UUID(0, 0);

  /** Both clocks are one: nobody sets this wall clock. */
  private static final class Clock implements TimeSource {
    private long millis;

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(millis);
    }

    @Override
    public long millis() {
      return millis;
    }

    @Override
    public long nanoTime() {
      return millis * 1_000_000;
    }
  }

  private final Clock clock = new Clock();
  private final SeriesRegistry registry;
  private final Evaluator evaluator;
  private final Map<String, Alert> fired = new LinkedHashMap<>();
  private final int maxAlerts;
  private final long tickMillis;
  private long seq;

  /**
   * Begins.
   *
   * @param rules with unique names
   * @param start when
   * @param maxSeries the most series
   * @param maxAlerts the most alerts that may fire
   */
  public Rehearsal(List<Rule> rules, Instant start, int maxSeries, int maxAlerts) {
    this.maxAlerts = maxAlerts;
    clock.millis = start.toEpochMilli();
    registry = new SeriesRegistry(maxSeries, maxSeries);
    int cells = (int) Math.min(Integer.MAX_VALUE, (long) maxSeries * rules.size());
    evaluator =
        new Evaluator(
            clock, new SelfMetrics(), new Bounds(maxSeries, maxSeries, cells), this::changed);
    evaluator.install(new RuleIndex(rules));
    // Silence is looked for each second; what else is done by the tick has more time.
    tickMillis =
        rules.stream().anyMatch(rule -> rule.condition() instanceof Rule.Absent) ? 1_000 : 10_000;
  }

  private void changed(Alert alert, Change change) {
    if (change == Change.FIRED || change == Change.RESOLVED) {
      fired.put(alert.id(), alert);
    }
    if (fired.size() > maxAlerts) {
      throw new RequestException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "more than %d alerts would have fired: expected a rule that flaps less, or a shorter time"
              .formatted(maxAlerts));
    }
  }

  /** {@return where series are interned} */
  public SeriesRegistry registry() {
    return registry;
  }

  /**
   * Lets time pass.
   *
   * @param millis until when; not before now
   */
  public void advanceTo(long millis) {
    while (millis - clock.millis > tickMillis) {
      clock.millis += tickMillis;
      evaluator.tick();
    }
    if (millis > clock.millis) {
      clock.millis = millis;
      evaluator.tick();
    }
  }

  /**
   * Takes samples of one machine, taken now.
   *
   * @param resource of the machine
   * @param interval of the machine
   * @param series of the machine
   * @param values as many
   */
  public void samples(Resource resource, Duration interval, Series[] series, double[] values) {
    var batch =
        new Batch(
            series[0].machineId(), EPOCH, ++seq, clock.millis, series, values, List.of(), false);
    evaluator.onBatch(new MetricsEvent(batch, resource, interval, clock.instant()));
  }

  /** {@return the alerts that fired, as they are now, in the order in which they did} */
  public Collection<Alert> alerts() {
    return fired.values();
  }
}
