package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Glob;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the evaluator should do, as plain as can be: maps by name, no index, no cells. Of the
 * evaluator's parts it uses {@link Trend} alone, which has a test of its own.
 */
final class ModelEngine {
  private static final long GAP = 30_000;
  private static final long FRESH = 60_000;
  private static final long VANISHED = 600_000;
  private static final long OUTAGE = 3_600_000;

  record Id(String rule, String machine, Labels labels) {}

  record SeriesId(String machine, String metric, Labels labels) {}

  /** When a batch was taken by its machine's clock, and when it came by the two of the engine. */
  record When(long observed, long wall, long now) {}

  private record Point(double value, long sampled, long now) {}

  static final class Open {
    boolean firing;
    long since;
    long changed;
    @Nullable Long sample;
    long seen;
    long covered;
  }

  private static final class Host {
    @Nullable Map<String, String> tags;
    long heard;
    long covered;
    @Nullable Long sampled;

    Host(long heard) {
      this.heard = heard;
    }
  }

  /**
   * What is remembered of a series: the last sample, and for each rule what came since it applies.
   */
  private static final class Past {
    @Nullable Long last;
    boolean known;
    Map<String, Memory> memories = new HashMap<>();
  }

  private record Memory(
      Rule.Condition condition, @Nullable Trend trend, NavigableMap<Long, Double> samples) {}

  final List<String> changes = new ArrayList<>();
  private final Map<Id, Open> open = new HashMap<>();
  private final Map<String, Host> hosts = new HashMap<>();
  private final Map<SeriesId, Past> pasts = new HashMap<>();
  private List<Rule> rules = List.of();
  private long looked;

  ModelEngine(long nanoMillis) {
    looked = nanoMillis;
  }

  Map<Id, Open> open() {
    return open;
  }

  void install(List<Rule> others) {
    rules = others;
    pasts.values().forEach(past -> past.known = false);
    for (var id : List.copyOf(open.keySet())) {
      withdrawUnlessKept(id);
    }
  }

  /** All is lost but what is open. */
  void restart(long now) {
    hosts.clear();
    pasts.clear();
    looked = now;
    open.forEach(
        (id, alert) -> {
          alert.sample = null;
          alert.seen = now;
          alert.covered = 0;
          host(id.machine, now);
        });
  }

  private Host host(String machine, long now) {
    return hosts.computeIfAbsent(machine, id -> new Host(now));
  }

  private void withdrawUnlessKept(Id id) {
    var host = hosts.get(id.machine);
    boolean keep =
        rules.stream()
            .anyMatch(
                rule ->
                    rule.name().equals(id.rule)
                        && host != null
                        && applies(rule, id.machine, host.tags, id.labels, host.tags == null));
    if (!keep) {
      end(id);
    }
  }

  private void end(Id id) {
    var alert = open.remove(id);
    if (alert != null) {
      say(alert.firing ? "RESOLVED" : "CANCELLED", id);
    }
  }

  private void say(String change, Id id) {
    changes.add("%s %s %s%s".formatted(change, id.rule, id.machine, id.labels));
  }

  private static boolean applies(
      Rule rule,
      String machine,
      @Nullable Map<String, String> tags,
      Labels labels,
      boolean anyTags) {
    for (var match : rule.match().entrySet()) {
      var name = match.getKey();
      var value =
          name.equals("machine")
              ? machine
              : name.startsWith("tag.")
                  ? (tags == null ? null : tags.get(name.substring(4)))
                  : labels.asMap().get(name);
      boolean excused = name.startsWith("tag.") && anyTags;
      if (!excused && (value == null || !Glob.of(match.getValue()).matches(value))) {
        return false;
      }
    }
    return true;
  }

  /** A batch, with the values of one metric by labels. */
  void batch(
      String machine,
      Map<String, String> tags,
      String metric,
      Map<Labels, Double> values,
      When when) {
    long observed = when.observed;
    long wall = when.wall;
    long now = when.now;
    var host = host(machine, now);
    host.heard = now;
    if (!tags.equals(host.tags)) {
      host.tags = tags;
      for (var id : List.copyOf(open.keySet())) {
        if (id.machine.equals(machine)) {
          withdrawUnlessKept(id);
        }
      }
      pasts.forEach((id, past) -> past.known = past.known && !id.machine.equals(machine));
    }
    for (var rule : rules) {
      var id = new Id(rule.name(), machine, Labels.empty());
      if (rule.condition() instanceof Rule.Absent && open.containsKey(id)) {
        end(id);
      }
    }
    if (wall - observed > FRESH) {
      return;
    }
    long sampled = wall - observed < -FRESH ? wall : observed;
    if (host.sampled == null || sampled > host.sampled) {
      host.covered += host.sampled == null ? 0 : Math.min(GAP, sampled - host.sampled);
      host.sampled = sampled;
    }
    values.forEach(
        (labels, value) ->
            sample(new SeriesId(machine, metric, labels), host, value, sampled, now));
  }

  private void sample(SeriesId series, Host host, double value, long sampled, long now) {
    var applying =
        rules.stream()
            .filter(
                rule ->
                    rule.condition() instanceof Rule.OfMetric of
                        && of.metric().equals(series.metric)
                        && applies(rule, series.machine, host.tags, series.labels, false))
            .toList();
    var past = pasts.computeIfAbsent(series, id -> new Past());
    if (!past.known) {
      past.known = true;
      past.memories = remembered(applying, past.memories);
      for (var rule : applying) {
        var alert = open.get(new Id(rule.name(), series.machine, series.labels));
        if (alert != null && (past.last == null || alert.changed > past.last)) {
          past.last = alert.changed;
        }
      }
    }
    if (applying.isEmpty()) {
      return;
    }
    if (!Double.isFinite(value)) {
      for (var rule : applying) {
        var alert = open.get(new Id(rule.name(), series.machine, series.labels));
        if (alert != null) {
          alert.covered = host.covered;
        }
      }
      return;
    }
    if (past.last != null && sampled <= past.last) {
      return;
    }
    past.last = sampled;
    for (var rule : applying) {
      var memory = past.memories.get(rule.name());
      if (memory != null) {
        evaluate(rule, memory, series, host, new Point(value, sampled, now));
      }
    }
  }

  private static Map<String, Memory> remembered(List<Rule> applying, Map<String, Memory> before) {
    var memories = new HashMap<String, Memory>();
    for (var rule : applying) {
      var old = before.get(rule.name());
      memories.put(
          rule.name(),
          old != null && old.condition.equals(rule.condition())
              ? old
              : new Memory(
                  rule.condition(),
                  rule.condition() instanceof Rule.Forecast forecast ? new Trend(forecast) : null,
                  new TreeMap<>()));
    }
    return memories;
  }

  private void evaluate(Rule rule, Memory memory, SeriesId series, Host host, Point point) {
    var condition = (Rule.OfMetric) rule.condition();
    long sampled = point.sampled;
    long now = point.now;
    var id = new Id(rule.name(), series.machine, series.labels);
    var alert = open.get(id);
    if (alert != null) {
      alert.covered = host.covered;
    }
    double compared = compared(condition, memory, point, alert != null && alert.firing);
    if (Double.isNaN(compared)) {
      return;
    }
    long hold = rule.hold().toMillis();
    if (alert == null) {
      if (condition.breachedBy(compared)) {
        begin(id, hold == 0, sampled, now, host);
      }
    } else if (alert.firing) {
      if (condition.clearedBy(compared)) {
        end(id);
      }
    } else if (!condition.breachedBy(compared)) {
      end(id);
    } else {
      long held = sampled - alert.since;
      if ((alert.sample != null && sampled - alert.sample > GAP) || held > hold + OUTAGE) {
        alert.since = sampled;
        alert.changed = sampled;
        say("PENDING", id);
      } else if (held >= hold) {
        alert.firing = true;
        alert.changed = sampled;
        say("FIRED", id);
      }
      alert.sample = sampled;
      alert.seen = now;
    }
  }

  private void begin(Id id, boolean firing, long sampled, long now, Host host) {
    var alert = new Open();
    alert.firing = firing;
    alert.since = sampled;
    alert.changed = sampled;
    alert.sample = sampled;
    alert.seen = now;
    alert.covered = host.covered;
    open.put(id, alert);
    say(firing ? "FIRED" : "PENDING", id);
  }

  private static double compared(
      Rule.OfMetric condition, Memory memory, Point point, boolean firing) {
    return switch (condition) {
      case Rule.Threshold _ -> point.value;
      case Rule.Forecast _ ->
          memory.trend == null
              ? Double.NaN
              : memory.trend.take(point.sampled, point.value, GAP, firing);
      case Rule.Change change -> {
        memory.samples.put(point.sampled, point.value);
        memory.samples.headMap(point.sampled - 3 * change.over().toMillis()).clear();
        yield difference(memory.samples, change.over().toMillis(), point.sampled, point.value);
      }
    };
  }

  /**
   * From all samples there ever were: the means of all buckets, and the line between two of them.
   */
  private static double difference(
      NavigableMap<Long, Double> samples, long over, long sampled, double value) {
    long width = Math.ceilDiv(over, 48);
    var means = new TreeMap<Long, Double>();
    for (long bucket :
        samples.keySet().stream().map(at -> Math.floorDiv(at, width)).distinct().toList()) {
      means.put(
          bucket,
          samples.subMap(bucket * width, (bucket + 1) * width).values().stream()
              .mapToDouble(Double::doubleValue)
              .average()
              .orElseThrow());
    }
    means.headMap(means.lastKey() - 63).clear();
    double position = (double) (sampled - over) / width - 0.5;
    var lower = means.floorEntry((long) Math.floor(position));
    var upper = means.ceilingEntry((long) Math.floor(position) + 1);
    if (lower != null
        && upper != null
        && upper.getKey() - lower.getKey() <= Math.max(3, GAP / width + 1)) {
      double part = (position - lower.getKey()) / (upper.getKey() - lower.getKey());
      return value - (lower.getValue() + (upper.getValue() - lower.getValue()) * part);
    }
    if (lower != null && position - lower.getKey() < 1) {
      return value - lower.getValue();
    }
    return upper != null && upper.getKey() - position < 1 ? value - upper.getValue() : Double.NaN;
  }

  /** Each second. */
  void tick(long now) {
    hosts.forEach((machine, host) -> tick(machine, host, now));
    for (var id : List.copyOf(open.keySet())) {
      var alert = open.get(id);
      if (alert != null && !alert.firing && !isAbsence(id) && now - alert.seen > GAP + FRESH) {
        end(id);
      }
    }
    if (open.values().stream().anyMatch(alert -> alert.firing) && now - looked >= 10_000) {
      looked = now;
      for (var id : List.copyOf(open.keySet())) {
        var alert = open.get(id);
        var host = hosts.get(id.machine);
        if (alert != null
            && host != null
            && alert.firing
            && !isAbsence(id)
            && host.covered - alert.covered > VANISHED) {
          end(id);
        }
      }
    }
  }

  private void tick(String machine, Host host, long now) {
    for (var rule : rules) {
      if (rule.condition() instanceof Rule.Absent absent
          && applies(rule, machine, host.tags, Labels.empty(), false)) {
        var id = new Id(rule.name(), machine, Labels.empty());
        if (now - host.heard >= absent.silence().toMillis() && !open.containsKey(id)) {
          for (var other : List.copyOf(open.keySet())) {
            if (other.machine.equals(machine) && !open.get(other).firing && !isAbsence(other)) {
              end(other);
            }
          }
          begin(id, true, now, now, host);
        }
      }
    }
  }

  private boolean isAbsence(Id id) {
    return rules.stream()
        .anyMatch(rule -> rule.name().equals(id.rule) && rule.condition() instanceof Rule.Absent);
  }
}
