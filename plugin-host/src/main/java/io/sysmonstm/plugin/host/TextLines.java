package io.sysmonstm.plugin.host;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import java.util.stream.Collectors;

/**
 * Lines for people: time, level, message, fields; the stack below. Control characters are shown as
 * {@code ?}.
 */
final class TextLines extends Formatter {
  private final DateTimeFormatter time;

  TextLines(ZoneId zone) {
    time = DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(zone);
  }

  @Override
  public String format(LogRecord record) {
    var event = LogEvent.of(record, this);
    var text = new StringBuilder();
    text.append(time.format(event.time()))
        .append(' ')
        .append("%-7s ".formatted(event.level().toUpperCase(Locale.ROOT)))
        .append(lines(event.message()));
    event
        .fields()
        .forEach(
            (name, value) ->
                text.append("  ")
                    .append(plain(name))
                    .append('=')
                    .append(plain(LogEvent.text(value))));
    var cause = event.cause();
    if (cause != null) {
      text.append("\n    ").append(lines(LogEvent.stack(cause).strip()));
    }
    return text.append('\n').toString();
  }

  private static String lines(String text) {
    return text.lines().map(TextLines::plain).collect(Collectors.joining("\n    "));
  }

  private static String plain(String text) {
    var plain = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\t') {
                plain.append("  ");
              } else {
                plain.appendCodePoint(isUnsafe(c) ? '?' : c);
              }
            });
    return plain.toString();
  }

  /** What moves the cursor, breaks the line, or turns the direction of writing. */
  private static boolean isUnsafe(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
