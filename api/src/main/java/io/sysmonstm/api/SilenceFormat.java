package io.sysmonstm.api;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The form in which people write silences, as the maps that a JSON parser makes of it. Finds every
 * problem at once.
 */
public final class SilenceFormat {
  private static final Set<String> KEYS =
      Set.of("id", "match", "from", "to", "for", "recurrence", "by", "why", "active");
  private static final Set<String> RECURRENCE_KEYS = Set.of("days", "at", "for", "zone");
  private static final Duration LONGEST = Duration.ofDays(3660);
  private static final int MAX_TEXT = 1_000;
  private static final int MAX_MATCHERS = 16;

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private final Map<?, ?> keys;
  private final List<String> problems = new ArrayList<>();

  private SilenceFormat(Map<?, ?> keys) {
    this.keys = keys;
  }

  /**
   * Reads one silence.
   *
   * @param keys its keys and values, as parsed; {@code id} and {@code active} are passed over
   * @param id its id
   * @param now when it begins where it does not say
   * @return the silence
   * @throws ConfigException with every problem, each naming the key and the value
   */
  public static Silence read(Map<?, ?> keys, String id, Instant now) {
    return new SilenceFormat(keys).silence(id, now);
  }

  /**
   * {@return the keys of a silence, in the order people write them}
   *
   * @param silence any silence
   */
  public static Map<String, Object> write(Silence silence) {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("id", silence.id());
    keys.put("match", silence.match());
    keys.put("from", TIME.format(silence.from()));
    keys.put("to", TIME.format(silence.to()));
    silence
        .recurrence()
        .ifPresent(
            hours -> {
              var recurrence = new LinkedHashMap<String, Object>();
              recurrence.put(
                  "days", new TreeSet<>(hours.days()).stream().map(SilenceFormat::text).toList());
              recurrence.put("at", hours.at().toString());
              recurrence.put("for", Durations.format(hours.length()));
              recurrence.put("zone", hours.zone().getId());
              keys.put("recurrence", recurrence);
            });
    keys.put("by", silence.by());
    keys.put("why", silence.why());
    return keys;
  }

  private static String text(DayOfWeek day) {
    return day.name().substring(0, 3).toLowerCase(Locale.ROOT);
  }

  private Silence silence(String id, Instant now) {
    refuseUnknown("", keys, KEYS);
    var from = time("from").orElse(now.truncatedTo(ChronoUnit.MILLIS));
    var to = end(from);
    if (!to.isAfter(now) || !to.isAfter(from)) {
      problem("to", "is over before it begins: expected a later time, or a longer 'for'");
    }
    var silence =
        new Silence(
            id,
            match(),
            from,
            to,
            recurrence(),
            person(),
            text(keys, "why").filter(why -> why.length() <= MAX_TEXT).orElse(""));
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return silence;
  }

  private Instant end(Instant from) {
    var length = duration("for", keys.get("for"), LONGEST);
    if (length.isPresent()) {
      if (keys.get("to") != null) {
        problem("for", "does not go with to: expected one of them");
      }
      return from.plus(length.get());
    }
    if (keys.get("to") == null && keys.get("for") == null) {
      problem(
          "to", "is missing: expected a time such as 2026-01-31T12:00:00Z, or 'for' such as 2h");
    }
    return time("to").orElse(from.plus(LONGEST));
  }

  private Map<String, String> match() {
    var match = new LinkedHashMap<String, String>();
    if (keys.get("match") instanceof Map<?, ?> globs) {
      globs.forEach(
          (name, glob) -> {
            if (name instanceof String label && glob instanceof String text) {
              match.put(label, text);
            } else {
              problem("match", "has %s: expected a glob for each name".formatted(shown(name)));
            }
          });
    }
    if (match.isEmpty() || match.size() > MAX_MATCHERS) {
      problem(
          "match",
          "is %s: expected 1 to %d globs by rule, machine, tag.NAME or label, such as {\"machine\": \"web-*\"}"
              .formatted(shown(keys.get("match")), MAX_MATCHERS));
    }
    return match;
  }

  private Optional<Silence.Recurrence> recurrence() {
    var given = keys.get("recurrence");
    if (given == null) {
      return Optional.empty();
    }
    if (!(given instanceof Map<?, ?> hours)) {
      problem("recurrence", "is %s: expected days, at, for and zone".formatted(shown(given)));
      return Optional.empty();
    }
    refuseUnknown("recurrence.", hours, RECURRENCE_KEYS);
    var days = days(hours.get("days"));
    var at =
        parsed("recurrence.at", hours.get("at"), "a time of day such as 22:00", LocalTime::parse);
    var length = duration("recurrence.for", hours.get("for"), Duration.ofHours(24));
    var zone =
        hours.get("zone") == null
            ? Optional.of(ZoneId.of("UTC"))
            : parsed(
                "recurrence.zone", hours.get("zone"), "a zone such as Europe/Berlin", ZoneId::of);
    if (hours.get("for") == null) {
      problem("recurrence.for", "is missing: expected a duration of at most 24h");
    }
    if (days.isEmpty() || at.isEmpty() || length.isEmpty() || zone.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Silence.Recurrence(days, at.get(), length.get(), zone.get()));
  }

  private Set<DayOfWeek> days(@Nullable Object given) {
    var days = EnumSet.noneOf(DayOfWeek.class);
    if (given instanceof List<?> names) {
      for (var day : DayOfWeek.values()) {
        if (names.contains(text(day))) {
          days.add(day);
        }
      }
      if (days.size() == names.size() && !days.isEmpty()) {
        return days;
      }
    }
    problem(
        "recurrence.days",
        "is %s: expected some of mon, tue, wed, thu, fri, sat, sun".formatted(shown(given)));
    return Set.of();
  }

  private String person() {
    var by = text(keys, "by").orElse("");
    if (by.isBlank() || by.length() > 64) {
      problem("by", "is %s: expected a name of 1 to 64 characters".formatted(shown(by)));
    }
    return by;
  }

  private Optional<String> text(Map<?, ?> from, String key) {
    return switch (from.get(key)) {
      case null -> Optional.empty();
      case String text when text.length() <= MAX_TEXT && text.chars().noneMatch(c -> c == 0) ->
          Optional.of(text);
      case Object other -> {
        problem(
            key, "is %s: expected text of at most %d characters".formatted(shown(other), MAX_TEXT));
        yield Optional.empty();
      }
    };
  }

  private Optional<Instant> time(String key) {
    var value = keys.get(key);
    return value == null
        ? Optional.empty()
        : parsed(
            key,
            value,
            "a time such as 2026-01-31T12:00:00Z",
            text -> OffsetDateTime.parse(text).toInstant());
  }

  private Optional<Duration> duration(String key, @Nullable Object value, Duration longest) {
    if (value == null) {
      return Optional.empty();
    }
    var duration =
        Durations.parse(value.toString())
            .filter(length -> length.isPositive() && length.compareTo(longest) <= 0);
    if (duration.isEmpty()) {
      problem(
          key,
          "is %s: expected a duration such as 2h, at most %s"
              .formatted(shown(value), Durations.format(longest)));
    }
    return duration;
  }

  private interface Parser<T> {
    T parse(String text);
  }

  private <T> Optional<T> parsed(
      String key, @Nullable Object value, String expected, Parser<T> parser) {
    if (value instanceof String text) {
      try {
        return Optional.of(parser.parse(text));
      } catch (DateTimeException malformed) {
        // Told below, like any other value that is none.
      }
    }
    problem(key, "is %s: expected %s".formatted(shown(value), expected));
    return Optional.empty();
  }

  private void refuseUnknown(String prefix, Map<?, ?> given, Set<String> known) {
    for (var key : given.keySet()) {
      if (!known.contains(String.valueOf(key))) {
        problem(
            prefix + key,
            "is not known: expected some of " + String.join(", ", new TreeSet<>(known)));
      }
    }
  }

  private static String shown(@Nullable Object value) {
    return "'" + Names.shown(String.valueOf(value)) + "'";
  }

  private void problem(String key, String what) {
    problems.add("silence: %s %s".formatted(Names.shown(key), what));
  }
}
