package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Durations;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A test of rules: samples, and what fires when.
 *
 * @param name for messages
 * @param interval how often the machines collect
 * @param series the samples
 * @param expected what fires, at some times
 */
public record RuleTest(
    String name, Duration interval, List<Input> series, List<Expected> expected) {
  static final Duration LONGEST = Duration.ofDays(31);
  static final String USUAL_MACHINE = "m1";

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final int MAX_SERIES = 10_000;
  private static final int MAX_ALERTS = 100_000;

  /**
   * The samples of one series.
   *
   * @param machine the machine
   * @param tags of the machine
   * @param metric the metric
   * @param labels the labels
   * @param samples by milliseconds since the begin
   */
  public record Input(
      String machine,
      Map<String, String> tags,
      String metric,
      Labels labels,
      Map<Long, Double> samples) {}

  /**
   * All that fires at a time, after the samples of that moment.
   *
   * @param at since the begin
   * @param firing which alerts
   */
  public record Expected(Duration at, List<Firing> firing) {}

  /**
   * One alert; what is left out may be anything.
   *
   * @param rule its rule
   * @param machine its machine
   * @param labels its labels
   * @param message its message
   */
  public record Firing(
      String rule, Optional<String> machine, Optional<Labels> labels, Optional<String> message) {
    boolean isMet(Alert alert) {
      return alert.rule().equals(rule)
          && machine.map(alert.machineId()::equals).orElse(true)
          && labels.map(alert.labels()::equals).orElse(true)
          && message.map(alert.message()::equals).orElse(true);
    }

    @Override
    public String toString() {
      return rule
          + machine.map(id -> " of " + id).orElse("")
          + labels.map(Labels::toString).orElse("")
          + message.map(text -> " '" + text + "'").orElse("");
    }
  }

  /**
   * {@return what is not as expected}
   *
   * @param rules under test
   */
  public List<String> run(List<Rule> rules) {
    var failures = new ArrayList<String>();
    var rehearsal = new Rehearsal(rules, START, MAX_SERIES, MAX_ALERTS);
    var tags = new HashMap<String, Map<String, String>>();
    var times = new TreeSet<Long>();
    for (var input : series) {
      tags.merge(input.machine, input.tags, RuleTest::both);
      times.addAll(input.samples.keySet());
    }
    expected.forEach(one -> times.add(one.at.toMillis()));
    var resources = new HashMap<String, Resource>();
    tags.forEach((id, own) -> resources.put(id, Resource.builder(id).tags(own).build()));
    for (long millis : times) {
      rehearsal.advanceTo(START.toEpochMilli() + millis);
      sample(rehearsal, millis, resources);
      for (var one : expected) {
        if (one.at.toMillis() == millis) {
          compare(one, rehearsal).ifPresent(failures::add);
        }
      }
    }
    return failures;
  }

  private static Map<String, String> both(Map<String, String> left, Map<String, String> right) {
    var all = new HashMap<>(left);
    all.putAll(right);
    return all;
  }

  private void sample(Rehearsal rehearsal, long millis, Map<String, Resource> resources) {
    for (var machine : resources.entrySet()) {
      var now = new ArrayList<Input>();
      for (var input : series) {
        if (input.machine.equals(machine.getKey()) && input.samples.containsKey(millis)) {
          now.add(input);
        }
      }
      if (!now.isEmpty()) {
        var registry = rehearsal.registry();
        rehearsal.samples(
            machine.getValue(),
            interval,
            now.stream()
                .map(one -> registry.intern(one.machine, one.metric, one.labels).orElseThrow())
                .toArray(Series[]::new),
            now.stream()
                .mapToDouble(one -> one.samples.getOrDefault(millis, Double.NaN))
                .toArray());
      }
    }
  }

  private static Optional<String> compare(Expected expected, Rehearsal rehearsal) {
    var firing =
        rehearsal.alerts().stream()
            .filter(alert -> alert.state() == AlertState.FIRING)
            .collect(Collectors.toCollection(ArrayList::new));
    var all = shown(firing);
    var missing = new ArrayList<Firing>();
    for (var one : expected.firing) {
      var met = firing.stream().filter(one::isMet).findFirst();
      if (met.isPresent()) {
        firing.remove(met.get());
      } else {
        missing.add(one);
      }
    }
    return missing.isEmpty() && firing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "at %s: expected %s to fire, but there fire: %s"
                .formatted(
                    Durations.format(expected.at),
                    expected.firing.isEmpty() ? "nothing" : expected.firing,
                    all));
  }

  private static String shown(List<Alert> firing) {
    return firing.isEmpty()
        ? "nothing"
        : firing.stream()
            .map(
                alert ->
                    "%s of %s%s '%s'"
                        .formatted(
                            alert.rule(), alert.machineId(), alert.labels(), alert.message()))
            .collect(Collectors.joining("; "));
  }
}
