package io.sysmonstm.api;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The form in which people write durations: {@code 250ms}, {@code 5s}, {@code 1m30s}, {@code 24h},
 * {@code 30d}.
 */
public final class Durations {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(\\d{1,6})y)?(?:(\\d{1,6})w)?(?:(\\d{1,6})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m(?!s))?"
              + "(?:(\\d{1,9})s)?(?:(\\d{1,12})ms)?");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");
  private static final long[] UNIT_MILLIS = {
    365 * 86_400_000L, 7 * 86_400_000L, 86_400_000L, 3_600_000L, 60_000L, 1_000L, 1L
  };
  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};

  private Durations() {}

  /**
   * {@return the duration that a text means, or empty where it means none} A bare number is
   * seconds; a year has 365 days.
   *
   * @param text for example {@code 1m30s}; not negative
   */
  public static Optional<Duration> parse(String text) {
    var trimmed = text.strip();
    if (SECONDS.matcher(trimmed).matches()) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(trimmed)));
    }
    var matcher = FORM.matcher(trimmed);
    if (trimmed.isEmpty() || !matcher.matches()) {
      return Optional.empty();
    }
    long millis = 0;
    for (int unit = 0; unit < UNITS.length; unit++) {
      var amount = matcher.group(unit + 1);
      if (amount != null) {
        millis =
            Math.addExact(millis, Math.multiplyExact(Long.parseLong(amount), UNIT_MILLIS[unit]));
      }
    }
    return Optional.of(Duration.ofMillis(millis));
  }

  /**
   * {@return the text of a duration, which {@link #parse} reads back; what is shorter than a
   * millisecond is left out}
   *
   * @param duration not negative
   */
  public static String format(Duration duration) {
    long rest = duration.toMillis();
    var text = new StringBuilder();
    // Years and weeks are read, but days are plainer to read back.
    for (int unit = 2; unit < UNITS.length; unit++) {
      long amount = rest / UNIT_MILLIS[unit];
      rest %= UNIT_MILLIS[unit];
      if (amount > 0) {
        text.append(amount).append(UNITS[unit]);
      }
    }
    return text.isEmpty() ? "0s" : text.toString();
  }
}
