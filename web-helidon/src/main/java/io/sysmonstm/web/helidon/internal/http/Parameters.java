package io.sysmonstm.web.helidon.internal.http;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Durations;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The query parameters of one call. Finds every bad one before {@link #check} refuses them all at
 * once.
 */
public final class Parameters {
  private static final Instant EARLIEST = Instant.EPOCH;
  private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");
  private static final String A_TIME =
      "ISO-8601 such as 2026-01-31T12:00:00Z, now, or a time before now such as -6h";

  private final Map<String, List<String>> values;
  private final List<String> problems = new ArrayList<>();

  public Parameters(String rawQuery) {
    this.values = parse(rawQuery);
  }

  /**
   * Refuses parameters that a call does not know, which would otherwise be misspelt without a word.
   */
  static void refuseUnknown(String rawQuery, Set<String> known) {
    var unknown = new TreeSet<String>();
    for (var name : parse(rawQuery).keySet()) {
      if (known.stream().noneMatch(pattern -> fits(pattern, name))) {
        unknown.add(Names.shown(name));
      }
    }
    if (!unknown.isEmpty()) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "parameter %s is not known: expected %s"
              .formatted(
                  String.join(", ", unknown),
                  known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known))));
    }
  }

  private static boolean fits(String pattern, String name) {
    return pattern.endsWith("*")
        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
        : name.equals(pattern);
  }

  private static Map<String, List<String>> parse(String rawQuery) {
    var parsed = new LinkedHashMap<String, List<String>>();
    for (var pair : rawQuery.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        var name = Paths.decode(equals < 0 ? pair : pair.substring(0, equals));
        var value = equals < 0 ? "" : Paths.decode(pair.substring(equals + 1));
        parsed.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
      }
    }
    return parsed;
  }

  /** {@return the values of all parameters, by name} */
  public Map<String, List<String>> all() {
    return Collections.unmodifiableMap(values);
  }

  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** {@return the parameters that begin with a prefix, without it} */
  public Map<String, String> startingWith(String prefix) {
    var found = new LinkedHashMap<String, String>();
    values.forEach(
        (name, list) -> {
          if (name.startsWith(prefix)) {
            one(name).ifPresent(value -> found.put(name.substring(prefix.length()), value));
          }
        });
    return found;
  }

  public Optional<String> one(String name) {
    var list = all(name);
    if (list.size() > 1) {
      problem(name, String.join(", ", list), "it once");
    }
    return list.stream().findFirst();
  }

  public <T> Optional<T> one(String name, String expected, Function<String, Optional<T>> parser) {
    var text = one(name);
    var value = text.flatMap(parser);
    if (text.isPresent() && value.isEmpty()) {
      problem(name, text.get(), expected);
    }
    return value;
  }

  public Optional<Instant> time(String name, Instant now) {
    return one(name, A_TIME, text -> parseTime(text, now));
  }

  public Optional<Integer> number(String name, int least, int greatest) {
    return one(
        name,
        "a whole number from %d to %d".formatted(least, greatest),
        text -> {
          try {
            int value = Integer.parseInt(text);
            return value >= least && value <= greatest ? Optional.of(value) : Optional.empty();
          } catch (NumberFormatException notANumber) {
            return Optional.empty();
          }
        });
  }

  public <E extends Enum<E>> Optional<E> oneOf(
      String name, E[] choices, Function<E, String> textOf) {
    var texts = List.of(choices).stream().map(textOf).toList();
    return one(
        name,
        "one of " + String.join(", ", texts),
        text -> List.of(choices).stream().filter(c -> textOf.apply(c).equals(text)).findFirst());
  }

  public void problem(String name, String value, String expected) {
    problems.add(
        "parameter %s is '%s': expected %s"
            .formatted(Names.shown(name), Names.shown(value), expected));
  }

  public void missing(String name, String expected) {
    problems.add("parameter %s is missing: expected %s".formatted(name, expected));
  }

  /**
   * Ends the reading.
   *
   * @throws ConfigException with every problem, where there is one
   */
  public void check() {
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  private static Optional<Instant> parseTime(String text, Instant now) {
    if (text.equals("now")) {
      return Optional.of(now);
    }
    var relative = text.startsWith("now-") ? text.substring("now".length()) : text;
    try {
      var time =
          relative.startsWith("-")
              ? Durations.parse(relative.substring(1)).map(now::minus)
              // A plus that was not encoded has become a space.
              : Optional.of(OffsetDateTime.parse(text.replace(' ', '+')).toInstant());
      return time.filter(t -> !t.isBefore(EARLIEST) && t.isBefore(LATEST));
    } catch (DateTimeException | ArithmeticException notATime) {
      return Optional.empty();
    }
  }

  public static Optional<Duration> duration(String text) {
    try {
      return Durations.parse(text);
    } catch (ArithmeticException tooLong) {
      return Optional.empty();
    }
  }
}
