package io.sysmonstm.json;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/** Times as texts, at a fraction of what a formatter costs: each event has two. */
final class Times {
  private static final int SECONDS_A_DAY = 86_400;

  // Immutable, so that any thread may see the last one.
  private static final class Day {
    final long epochDay;
    final byte[] text;

    Day(long epochDay) {
      this.epochDay = epochDay;
      this.text =
          (LocalDate.ofEpochDay(epochDay) + "T00:00:00.000Z").getBytes(StandardCharsets.US_ASCII);
    }
  }

  // The last one that was asked for; nearly always that of today.
  private static volatile Day last = new Day(0);

  private Times() {}

  /**
   * {@return ISO-8601 in UTC with milliseconds}
   *
   * @param seconds of Unix time, in the years 0 to 9999
   */
  static String text(long seconds, int millis) {
    long epochDay = Math.floorDiv(seconds, SECONDS_A_DAY);
    var day = last;
    if (day.epochDay != epochDay) {
      day = new Day(epochDay);
      last = day;
    }
    var text = day.text.clone();
    int second = Math.floorMod(seconds, SECONDS_A_DAY);
    two(text, 11, second / 3600);
    two(text, 14, second / 60 % 60);
    two(text, 17, second % 60);
    text[20] = digit(millis / 100);
    two(text, 21, millis % 100);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private static void two(byte[] text, int at, int number) {
    text[at] = digit(number / 10);
    text[at + 1] = digit(number % 10);
  }

  private static byte digit(int number) {
    return (byte) ('0' + number);
  }
}
