package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.EventLog;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a log record says, whoever made it: an {@link EventLog} with a name and fields, or a
 * library, whose records are all of the event {@code log}. All texts are bounded.
 */
record LogEvent(
    Instant time,
    String level,
    String logger,
    String event,
    String message,
    Map<String, Object> fields,
    @Nullable Throwable cause) {
  static final int MAX_FIELD = 256;
  static final int MAX_MESSAGE = 4096;
  static final int MAX_STACK = 4096;

  static LogEvent of(LogRecord record, Formatter formatter) {
    var logger = record.getLoggerName() == null ? "" : record.getLoggerName();
    var level = level(record.getLevel());
    var parameters = record.getParameters();
    if (parameters != null
        && parameters.length == 1
        && parameters[0] instanceof EventLog.Entry(var event, var message, var fields, var cause)) {
      return new LogEvent(
          record.getInstant(), level, logger, event, bounded(message, MAX_MESSAGE), fields, cause);
    }
    var message = formatter.formatMessage(record);
    return new LogEvent(
        record.getInstant(),
        level,
        logger,
        "log",
        bounded(message == null ? "" : message, MAX_MESSAGE),
        Map.of(),
        record.getThrown());
  }

  /** A field as text; an object that cannot say what it is must not cost the line. */
  static String text(@Nullable Object value) {
    try {
      return bounded(String.valueOf(value), MAX_FIELD);
    } catch (RuntimeException e) {
      return "(unreadable: %s)".formatted(e.getClass().getSimpleName());
    }
  }

  static String stack(Throwable cause) {
    var stack = new StringWriter();
    cause.printStackTrace(new PrintWriter(stack));
    return bounded(stack.toString(), MAX_STACK);
  }

  /** At most so many characters, and only whole ones: half a surrogate pair is no JSON. */
  static String bounded(String text, int limit) {
    if (text.length() <= limit) {
      return whole(text);
    }
    int end = Character.isHighSurrogate(text.charAt(limit - 2)) ? limit - 2 : limit - 1;
    return whole(text.substring(0, end)) + "…";
  }

  private static String whole(String text) {
    if (text.codePoints().noneMatch(LogEvent::isHalf)) {
      return text;
    }
    var whole = new StringBuilder(text.length());
    text.codePoints().forEach(c -> whole.appendCodePoint(isHalf(c) ? '\ufffd' : c));
    return whole.toString();
  }

  private static boolean isHalf(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE;
  }

  private static String level(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "error";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "warning";
    }
    return level.intValue() >= Level.CONFIG.intValue() ? "info" : "debug";
  }
}
