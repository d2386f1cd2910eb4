package io.sysmonstm.spi;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Structured logging over {@link System.Logger}: a stable event name, a message, and fields. With
 * the host's handler it becomes one JSON object a line; any other logging back end prints the
 * {@link Entry} as text. Thread-safe.
 */
public final class EventLog {
  /**
   * What was logged; the only parameter of the log record.
   *
   * @param event a stable snake_case name
   * @param message for people
   * @param fields names and values, in order
   * @param cause the cause, or null; here, since a log record takes either parameters or a
   *     throwable
   */
  public record Entry(
      String event, String message, Map<String, Object> fields, @Nullable Throwable cause) {
    /**
     * Creates an entry without a cause.
     *
     * @param event a stable snake_case name
     * @param message for people
     * @param fields names and values, in order
     */
    public Entry(String event, String message, Map<String, Object> fields) {
      this(event, message, fields, null);
    }

    @Override
    public String toString() {
      var text = event + ": " + message + (fields.isEmpty() ? "" : " " + fields);
      if (cause == null) {
        return text;
      }
      var stack = new StringWriter();
      cause.printStackTrace(new PrintWriter(stack));
      return text + System.lineSeparator() + stack;
    }
  }

  /** The most lines of one event at info level in ten seconds. */
  static final int INFOS = 50;

  private static final String FORMAT = "{0}";
  private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

  private final Logger logger;
  private final Map<String, AtomicLong> quietUntilNanos = new ConcurrentHashMap<>();
  private final Map<String, InfoWindow> infos = new ConcurrentHashMap<>();

  /** How often an event was logged lately: whoever comes and goes does not fill the disk. */
  private static final class InfoWindow {
    private long sinceNanos;
    private int lines;
    private long leftOut;

    /** {@return how many were left out before this one, or -1 where this one is} */
    synchronized long enter(long nowNanos) {
      if (lines == 0 || nowNanos - sinceNanos >= WINDOW_NANOS) {
        long before = leftOut;
        sinceNanos = nowNanos;
        lines = 1;
        leftOut = 0;
        return before;
      }
      if (lines == INFOS) {
        leftOut++;
        return -1;
      }
      lines++;
      return 0;
    }
  }

  private EventLog(Logger logger) {
    this.logger = logger;
  }

  /**
   * {@return the log of a class}
   *
   * @param owner the class that logs
   */
  public static EventLog of(Class<?> owner) {
    return new EventLog(System.getLogger(owner.getName()));
  }

  /**
   * Logs at debug level.
   *
   * @param event a stable snake_case name
   * @param message for people
   * @param fields names and values in turn
   */
  public void debug(String event, String message, Object... fields) {
    log(Level.DEBUG, event, message, null, fields);
  }

  /**
   * Logs at info level: only what happens a few times in the life of a process or connection. Of
   * one event at most {@value #INFOS} in ten seconds; the next one tells how many were left out.
   *
   * @param event a stable snake_case name
   * @param message for people
   * @param fields names and values in turn
   */
  public void info(String event, String message, Object... fields) {
    long leftOut = infos.computeIfAbsent(event, name -> new InfoWindow()).enter(System.nanoTime());
    if (leftOut == 0) {
      log(Level.INFO, event, message, null, fields);
    } else if (leftOut > 0) {
      log(
          Level.INFO,
          event,
          "%s (%d before it were left out)".formatted(message, leftOut),
          null,
          fields);
    }
  }

  /**
   * Logs at warning level, at most once in ten seconds for each event.
   *
   * @param event a stable snake_case name
   * @param message for people
   * @param cause the cause, or null
   * @param fields names and values in turn
   */
  public void warn(String event, String message, @Nullable Throwable cause, Object... fields) {
    if (mayLog(event)) {
      log(Level.WARNING, event, message, cause, fields);
    }
  }

  /**
   * Logs at error level, at most once in ten seconds for each event.
   *
   * @param event a stable snake_case name
   * @param message for people
   * @param cause the cause, or null
   * @param fields names and values in turn
   */
  public void error(String event, String message, @Nullable Throwable cause, Object... fields) {
    if (mayLog(event)) {
      log(Level.ERROR, event, message, cause, fields);
    }
  }

  private boolean mayLog(String event) {
    long now = System.nanoTime();
    var quietUntil = quietUntilNanos.computeIfAbsent(event, name -> new AtomicLong(now));
    long until = quietUntil.get();
    return now - until >= 0 && quietUntil.compareAndSet(until, now + WINDOW_NANOS);
  }

  private void log(
      Level level, String event, String message, @Nullable Throwable cause, Object... fields) {
    if (!logger.isLoggable(level)) {
      return;
    }
    var named = new LinkedHashMap<String, Object>();
    for (int i = 0; i + 1 < fields.length; i += 2) {
      named.put(fields[i].toString(), fields[i + 1]);
    }
    logger.log(level, FORMAT, new Entry(event, message, named, cause));
  }
}
