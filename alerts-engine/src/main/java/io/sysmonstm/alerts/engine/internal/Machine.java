package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Resource;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.MetricsEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the engine keeps of a machine. Guarded by the engine's lock. */
public final class Machine {
  private static final Duration FRESH_AT_LEAST = Duration.ofSeconds(60);
  private static final Duration GAP_AT_LEAST = Duration.ofSeconds(30);
  private static final Duration VANISHED_AT_LEAST = Duration.ofMinutes(10);
  private static final Duration PROCESSES_FRESH_AT_LEAST = Duration.ofSeconds(20);

  private final String id;
  private @Nullable Resource resource;
  private long sampledMillis = Long.MIN_VALUE;
  private long coveredMillis;
  private Duration interval = Duration.ZERO;
  private long freshMillis;
  private long gapMillis;
  private long processesFreshNanos;
  private long vanishedMillis;
  private long heardNanos;
  private long heardMillis;
  private long silentBeforeNanos;
  private List<TopProcess> processes = List.of();
  private long processesNanos;
  private int[] seriesIndexes = new int[8];
  private int seriesCount;
  private RuleCell @Nullable [] absence;

  Machine(String id, long nowNanos, long nowMillis) {
    this.id = id;
    this.heardNanos = nowNanos;
    this.heardMillis = nowMillis;
    interval(Duration.ofSeconds(5));
  }

  // Once, and not with each batch.
  private void interval(Duration value) {
    interval = value;
    freshMillis = atLeast(FRESH_AT_LEAST, 3).toMillis();
    gapMillis = atLeast(GAP_AT_LEAST, 3).toMillis();
    processesFreshNanos = atLeast(PROCESSES_FRESH_AT_LEAST, 4).toNanos();
    vanishedMillis = atLeast(VANISHED_AT_LEAST, 12).toMillis();
  }

  /**
   * Takes in what comes with a batch; true where the tags changed, and with them the rules that
   * apply.
   */
  boolean hear(MetricsEvent event, long nowNanos, long nowMillis) {
    heardNanos = nowNanos;
    heardMillis = nowMillis;
    silentBeforeNanos = 0;
    if (!interval.equals(event.interval())) {
      interval(event.interval());
    }
    if (!event.batch().topProcesses().isEmpty()) {
      processes = event.batch().topProcesses();
      processesNanos = nowNanos;
    }
    var before = resource;
    resource = event.resource();
    return before == null || !before.tags().equals(event.resource().tags());
  }

  /**
   * Takes in what others know of a machine that was not heard here. Its silence began when they
   * last saw it, but is held against it only from now on.
   */
  void recall(LastSeen last, long nowMillis) {
    if (resource == null) {
      resource = last.resource();
      interval(last.interval());
      heardMillis = Math.min(nowMillis, last.at().toEpochMilli());
      silentBeforeNanos = (nowMillis - heardMillis) * 1_000_000;
    }
  }

  /** What others may want to know of it; empty where it was never heard. */
  Optional<LastSeen> lastSeen() {
    return Optional.ofNullable(resource)
        .map(known -> new LastSeen(known, interval, Instant.ofEpochMilli(heardMillis)));
  }

  /** For how long it was silent before that was held against it. */
  long silentBeforeNanos() {
    return silentBeforeNanos;
  }

  /** Takes note of a batch that is evaluated. */
  void cover(long millis) {
    if (millis > sampledMillis) {
      coveredMillis +=
          sampledMillis == Long.MIN_VALUE ? 0 : Math.min(gapMillis, millis - sampledMillis);
      sampledMillis = millis;
    }
  }

  /**
   * How long it was watched, by sample time and without gaps; a series that had no sample for some
   * of this time is missing, whatever became of the machine meanwhile.
   */
  long coveredMillis() {
    return coveredMillis;
  }

  /** The watched time after which a series without samples is taken to be gone. */
  long vanishedMillis() {
    return vanishedMillis;
  }

  /** Counts a pause of the engine itself as no silence of the machine. */
  void excuse(long nanos) {
    heardNanos += nanos;
  }

  String id() {
    return id;
  }

  /** Whether it was heard from since the start; if not, its tags and host name are not known. */
  boolean isKnown() {
    return resource != null;
  }

  Map<String, String> tags() {
    return resource == null ? Map.of() : resource.tags();
  }

  String hostname() {
    return resource == null || resource.hostname().isEmpty() ? id : resource.hostname();
  }

  long silenceNanos(long nowNanos) {
    return nowNanos - heardNanos;
  }

  /** When its last batch came, by the engine's wall clock. */
  long heardMillis() {
    return heardMillis;
  }

  /** The oldest that a sample may be and still be evaluated. */
  long freshMillis() {
    return freshMillis;
  }

  /** The longest time between two samples over which a condition still counts as held. */
  long gapMillis() {
    return gapMillis;
  }

  /** One batch may be missed, whatever a rule says: a machine that is on time is never silent. */
  long leastSilenceNanos() {
    return interval.multipliedBy(2).toNanos();
  }

  /**
   * The top processes, empty where they are too old to have anything to do with what happens now.
   */
  List<TopProcess> processes(long nowNanos) {
    // They come with every third batch.
    return nowNanos - processesNanos <= processesFreshNanos ? processes : List.of();
  }

  private Duration atLeast(Duration least, int intervals) {
    var some = interval.multipliedBy(intervals);
    return some.compareTo(least) > 0 ? some : least;
  }

  void addSeries(int index) {
    if (seriesCount == seriesIndexes.length) {
      seriesIndexes = Arrays.copyOf(seriesIndexes, seriesCount * 2);
    }
    seriesIndexes[seriesCount++] = index;
  }

  /** Takes out a series that was forgotten; seldom, so that it may look for it. */
  void removeSeries(int index) {
    for (int i = 0; i < seriesCount; i++) {
      if (seriesIndexes[i] == index) {
        seriesIndexes[i] = seriesIndexes[--seriesCount];
        return;
      }
    }
  }

  /** The indexes of the series that have cells; forgets them. */
  int[] takeSeries() {
    var taken = Arrays.copyOf(seriesIndexes, seriesCount);
    seriesCount = 0;
    return taken;
  }

  RuleCell @Nullable [] absence() {
    return absence;
  }

  void absence(RuleCell @Nullable [] cells) {
    absence = cells;
  }
}
