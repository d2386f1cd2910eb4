package io.sysmonstm.api;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A time in which nobody is told of certain alerts. They are evaluated and shown all the same.
 * Immutable.
 *
 * @param id unique for ever
 * @param match globs by label name, by {@code rule}, {@code machine} and {@code tag.NAME}; an alert
 *     is meant where all match, and one that lacks a label or tag is not
 * @param from when it begins
 * @param to when it ends for good; after {@code from}
 * @param recurrence the hours of the week within that time, where it is not all of it
 * @param by who made it
 * @param why why
 */
public record Silence(
    String id,
    Map<String, String> match,
    Instant from,
    Instant to,
    Optional<Recurrence> recurrence,
    String by,
    String why) {
  private static final String TAG = "tag.";

  /**
   * Hours that come back each week.
   *
   * @param days on which they begin; not empty
   * @param at the time of day at which they begin
   * @param length how long they last, at most 24 h
   * @param zone whose days and times these are
   */
  public record Recurrence(Set<DayOfWeek> days, LocalTime at, Duration length, ZoneId zone) {
    /** Copies the days. */
    public Recurrence {
      days = Set.copyOf(days);
    }

    private boolean covers(Instant instant) {
      var local = instant.atZone(zone);
      // What began yesterday may last into today.
      for (int back = 0; back <= 1; back++) {
        var day = local.toLocalDate().minusDays(back);
        var begin = day.atTime(at).atZone(zone).toInstant();
        if (days.contains(day.getDayOfWeek())
            && !instant.isBefore(begin)
            && instant.isBefore(begin.plus(length))) {
          return true;
        }
      }
      return false;
    }
  }

  /** Copies the matchers. */
  public Silence {
    match = Collections.unmodifiableMap(new LinkedHashMap<>(match));
  }

  /**
   * {@return whether it is in force}
   *
   * @param instant when
   */
  public boolean activeAt(Instant instant) {
    return !instant.isBefore(from)
        && instant.isBefore(to)
        && recurrence.map(hours -> hours.covers(instant)).orElse(true);
  }

  /**
   * {@return whether an alert is meant, at whatever time}
   *
   * @param alert any alert
   * @param tags of its machine
   */
  public boolean matches(Alert alert, Map<String, String> tags) {
    return match.entrySet().stream()
        .allMatch(
            matcher -> {
              var value = value(matcher.getKey(), alert, tags);
              return value != null && Glob.of(matcher.getValue()).matches(value);
            });
  }

  private static @Nullable String value(String name, Alert alert, Map<String, String> tags) {
    return switch (name) {
      case "rule" -> alert.rule();
      case "machine" -> alert.machineId();
      default ->
          name.startsWith(TAG)
              ? tags.get(name.substring(TAG.length()))
              : alert.labels().asMap().get(name);
    };
  }
}
