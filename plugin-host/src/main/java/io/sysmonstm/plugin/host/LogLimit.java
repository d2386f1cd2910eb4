package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.EventLog;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.logging.LogRecord;

/**
 * Bounds how much libraries log, some of which write a stack trace for whatever a peer sends them.
 * {@link EventLog} bounds itself. Thread-safe.
 */
final class LogLimit {
  static final int LINES = 20;
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int MAX_LOGGERS = 1_000;

  private static final class Window {
    long sinceNanos;
    int lines;
    int leftOut;
  }

  private final LongSupplier nanoClock;
  private final Map<String, Window> byLogger = new HashMap<>();

  LogLimit(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** {@return whether a record is written; adds to it how many before it were not} */
  boolean admits(LogRecord record) {
    var parameters = record.getParameters();
    if (parameters != null && parameters.length == 1 && parameters[0] instanceof EventLog.Entry) {
      return true;
    }
    var logger = record.getLoggerName() == null ? "" : record.getLoggerName();
    int leftOut;
    synchronized (this) {
      leftOut = leftOut(logger);
    }
    if (leftOut > 0) {
      record.setMessage("%s (%d before it were left out)".formatted(record.getMessage(), leftOut));
    }
    return leftOut >= 0;
  }

  // How many were left out before one that is written; -1 for one that is left out.
  private int leftOut(String logger) {
    long now = nanoClock.getAsLong();
    var window = byLogger.get(logger);
    if (window == null) {
      if (byLogger.size() >= MAX_LOGGERS) {
        byLogger.clear();
      }
      window = new Window();
      window.sinceNanos = now;
      byLogger.put(logger, window);
    }
    int leftOut = 0;
    if (now - window.sinceNanos >= WINDOW_NANOS) {
      leftOut = window.leftOut;
      window.sinceNanos = now;
      window.lines = 0;
      window.leftOut = 0;
    }
    if (window.lines == LINES) {
      window.leftOut++;
      return -1;
    }
    window.lines++;
    return leftOut;
  }
}
