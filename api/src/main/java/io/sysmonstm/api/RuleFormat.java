package io.sysmonstm.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The form in which people write rules, as the maps that a YAML or JSON parser makes of it. Finds
 * every problem of a rule at once.
 */
public final class RuleFormat {
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");
  private static final Set<String> KEYS =
      Set.of(
          "name",
          "metric",
          "match",
          "operator",
          "threshold",
          "clear",
          "for",
          "severity",
          "message",
          "absent",
          "forecast",
          "change");
  private static final Duration LEAST_WINDOW = Duration.ofSeconds(10);
  private static final Duration LONGEST_WINDOW = Duration.ofDays(90);

  private final Map<?, ?> keys;
  private final String rule;
  private final List<String> problems = new ArrayList<>();

  private RuleFormat(Map<?, ?> keys) {
    this.keys = keys;
    this.rule = keys.get("name") instanceof String name ? Names.shown(name) : "(without a name)";
  }

  /**
   * Reads one rule.
   *
   * @param keys its keys and values, as parsed: strings, numbers, booleans and maps
   * @param origin where it comes from
   * @return the rule
   * @throws ConfigException with every problem, each naming the rule, the key and the value
   */
  public static Rule read(Map<?, ?> keys, Rule.Origin origin) {
    return new RuleFormat(keys).rule(origin);
  }

  /**
   * {@return the keys of a rule, in the order people write them}
   *
   * @param rule any rule
   */
  public static Map<String, Object> write(Rule rule) {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("name", rule.name());
    switch (rule.condition()) {
      case Rule.OfMetric condition -> {
        keys.put("metric", condition.metric());
        writeWindow(condition, keys);
        keys.put("operator", condition.operator().text());
        keys.put("threshold", condition.threshold());
        keys.put("clear", condition.clear());
      }
      case Rule.Absent absent -> keys.put("absent", Durations.format(absent.silence()));
    }
    keys.put("match", rule.match());
    keys.put("for", Durations.format(rule.hold()));
    keys.put("severity", rule.severity().text());
    rule.message().ifPresent(message -> keys.put("message", message));
    return keys;
  }

  private static void writeWindow(Rule.OfMetric condition, Map<String, Object> keys) {
    switch (condition) {
      case Rule.Threshold _ -> {}
      case Rule.Forecast forecast -> {
        var window = new LinkedHashMap<String, Object>();
        window.put("within", Durations.format(forecast.within()));
        window.put("over", Durations.format(forecast.over()));
        keys.put("forecast", window);
      }
      case Rule.Change change ->
          keys.put("change", Map.of("over", Durations.format(change.over())));
    }
  }

  private Rule rule(Rule.Origin origin) {
    for (var key : keys.keySet()) {
      if (!(key instanceof String name) || !KEYS.contains(name)) {
        problem(
            String.valueOf(key),
            "is not known: expected one of " + String.join(", ", new TreeSet<>(KEYS)));
      }
    }
    var name = text("name").orElse("");
    if (!NAME.matcher(name).matches()) {
      problem("name", "is '%s': expected 1 to 64 of a-z 0-9 -".formatted(Names.shown(name)));
    }
    var condition = keys.containsKey("absent") ? absent() : ofMetric();
    var result =
        new Rule(
            name,
            condition,
            match(),
            duration("for").orElse(Duration.ZERO),
            oneOf("severity", Severity.values(), Severity::text).orElse(Severity.WARNING),
            text("message"),
            origin);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return result;
  }

  private Rule.Condition absent() {
    for (var key : List.of("metric", "operator", "threshold", "clear", "forecast", "change")) {
      if (keys.containsKey(key)) {
        problem(key, "does not go with absent, which watches for batches and not for values");
      }
    }
    var silence = duration("absent");
    if (keys.get("absent") == null || silence.filter(Duration::isZero).isPresent()) {
      problem("absent", "is no time at all: expected a duration such as 30s");
    }
    return new Rule.Absent(silence.orElse(Duration.ZERO));
  }

  private Rule.Condition ofMetric() {
    var metric = text("metric").orElse("");
    Names.metricProblem(metric).ifPresent(problem -> problem("metric", "is wrong: " + problem));
    var operator = oneOf("operator", Operator.values(), Operator::text);
    if (keys.get("operator") == null) {
      problem("operator", "is missing: expected one of gt, gte, lt, lte, eq, ne");
    }
    if (keys.get("threshold") == null) {
      problem("threshold", "is missing: expected a number");
    }
    double threshold = number("threshold").orElse(0.0);
    double clear = number("clear").orElse(threshold);
    var compare = operator.orElse(Operator.GT);
    boolean wrongSide =
        switch (compare) {
          case GT, GTE -> clear > threshold;
          case LT, LTE -> clear < threshold;
          case EQ, NE -> clear != threshold;
        };
    if (wrongSide) {
      problem(
          "clear",
          "is %s: expected a value on the good side of the threshold %s for operator %s"
              .formatted(clear, threshold, compare.text()));
    }
    if (keys.containsKey("forecast")) {
      if (keys.containsKey("change")) {
        problem("change", "does not go with forecast: expected one of them");
      }
      var windows = windows("forecast", Set.of("within", "over"));
      return new Rule.Forecast(
          metric, compare, threshold, clear, window(windows, "within"), window(windows, "over"));
    }
    if (keys.containsKey("change")) {
      var windows = windows("change", Set.of("over"));
      return new Rule.Change(metric, compare, threshold, clear, window(windows, "over"));
    }
    return new Rule.Threshold(metric, compare, threshold, clear);
  }

  /** The durations that a key holds, each of which must be there. */
  private Map<String, Duration> windows(String key, Set<String> names) {
    var windows = new LinkedHashMap<String, Duration>();
    if (!(keys.get(key) instanceof Map<?, ?> given) || !given.keySet().equals(names)) {
      problem(
          key,
          "is %s: expected a duration for each of %s"
              .formatted(shown(keys.get(key)), String.join(", ", new TreeSet<>(names))));
      return windows;
    }
    for (var name : names) {
      var text = String.valueOf(given.get(name));
      var window = Durations.parse(text);
      if (window.isEmpty()
          || window.get().compareTo(LEAST_WINDOW) < 0
          || window.get().compareTo(LONGEST_WINDOW) > 0) {
        problem(key, "has %s %s: expected a duration from 10s to 90d".formatted(name, shown(text)));
      } else {
        windows.put(name, window.get());
      }
    }
    return windows;
  }

  private static Duration window(Map<String, Duration> windows, String name) {
    return windows.getOrDefault(name, LEAST_WINDOW);
  }

  private Map<String, String> match() {
    var match = new LinkedHashMap<String, String>();
    switch (keys.get("match")) {
      case null -> {}
      case Map<?, ?> globs ->
          globs.forEach(
              (label, glob) -> {
                if (label instanceof String text
                    && (glob instanceof String
                        || glob instanceof Number
                        || glob instanceof Boolean)) {
                  match.put(text, glob.toString());
                } else {
                  problem(
                      "match", "has %s: expected a glob for each label".formatted(shown(label)));
                }
              });
      case Object other ->
          problem("match", "is %s: expected labels and globs".formatted(shown(other)));
    }
    return match;
  }

  private Optional<String> text(String key) {
    return switch (keys.get(key)) {
      case null -> Optional.empty();
      case String text -> Optional.of(text);
      case Number number -> Optional.of(number.toString());
      case Object other -> {
        problem(key, "is %s: expected text".formatted(shown(other)));
        yield Optional.empty();
      }
    };
  }

  private Optional<Double> number(String key) {
    return switch (keys.get(key)) {
      case null -> Optional.empty();
      case Number number when Double.isFinite(number.doubleValue()) ->
          Optional.of(number.doubleValue());
      case Object other -> {
        problem(key, "is %s: expected a finite number".formatted(shown(other)));
        yield Optional.empty();
      }
    };
  }

  private Optional<Duration> duration(String key) {
    var value = keys.get(key);
    if (value == null) {
      return Optional.empty();
    }
    var duration = Durations.parse(value.toString());
    if (duration.isEmpty()) {
      problem(key, "is %s: expected a duration such as 5m or 1m30s".formatted(shown(value)));
    }
    return duration;
  }

  private <E extends Enum<E>> Optional<E> oneOf(String key, E[] values, Function<E, String> name) {
    var value = keys.get(key);
    if (value == null) {
      return Optional.empty();
    }
    for (var candidate : values) {
      if (name.apply(candidate).equals(value)) {
        return Optional.of(candidate);
      }
    }
    var known = new ArrayList<String>();
    for (var candidate : values) {
      known.add(candidate.name().toLowerCase(Locale.ROOT));
    }
    problem(key, "is %s: expected one of %s".formatted(shown(value), String.join(", ", known)));
    return Optional.empty();
  }

  private static String shown(@Nullable Object value) {
    return "'" + Names.shown(String.valueOf(value)) + "'";
  }

  private void problem(String key, String what) {
    problems.add("rule %s: %s %s".formatted(rule, Names.shown(key), what));
  }
}
