package io.sysmonstm.collector.core.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/**
 * The form of {@code /proc/<pid>/stat}: the pid, the name in brackets, which may itself hold blanks
 * and brackets, and numbers. Immutable.
 *
 * @param ticksPerSecond the unit of CPU time
 * @param pageBytes the unit of memory
 */
record ProcStatLine(long ticksPerSecond, long pageBytes) {
  // Places of the numbers, counted from the state, which follows the name and is field 3 of
  // proc(5).
  private static final int USER_TIME = 14 - 3;
  private static final int SYSTEM_TIME = 15 - 3;
  private static final int THREADS = 20 - 3;
  private static final int STARTED = 22 - 3;
  private static final int RSS = 24 - 3;

  Optional<ProcessReading> parse(byte[] line, int length) {
    int nameBegin = indexOf(line, length, '(') + 1;
    int nameEnd = lastIndexOf(line, length, ')');
    if (nameBegin <= 0 || nameEnd < nameBegin) {
      return Optional.empty();
    }
    long[] fields = new long[RSS + 1];
    if (!numbers(line, nameEnd + 2, length, fields)) {
      return Optional.empty();
    }
    int pid = (int) number(line, 0, nameBegin - 1);
    long cpuMillis = (fields[USER_TIME] + fields[SYSTEM_TIME]) * 1_000 / ticksPerSecond;
    var name = new String(line, nameBegin, nameEnd - nameBegin, UTF_8);
    return Optional.of(
        new ProcessReading(
            pid, fields[STARTED], name, cpuMillis, fields[RSS] * pageBytes, (int) fields[THREADS]));
  }

  /**
   * Reads the fields after the name, as far as they are wanted; false where the line is too short.
   */
  private static boolean numbers(byte[] line, int from, int length, long[] fields) {
    int at = from;
    for (int field = 0; field < fields.length; field++) {
      if (at >= length) {
        return false;
      }
      fields[field] = number(line, at, length);
      while (at < length && line[at] != ' ') {
        at++;
      }
      at++;
    }
    return true;
  }

  /**
   * The number that begins here; 0 for other text, such as the letter of the state, and for
   * negative numbers.
   */
  private static long number(byte[] line, int from, int length) {
    long number = 0;
    for (int at = from; at < length && line[at] >= '0' && line[at] <= '9'; at++) {
      number = number * 10 + (line[at] - '0');
    }
    return number;
  }

  private static int indexOf(byte[] line, int length, char wanted) {
    for (int at = 0; at < length; at++) {
      if (line[at] == wanted) {
        return at;
      }
    }
    return -1;
  }

  private static int lastIndexOf(byte[] line, int length, char wanted) {
    for (int at = length - 1; at >= 0; at--) {
      if (line[at] == wanted) {
        return at;
      }
    }
    return -1;
  }
}
