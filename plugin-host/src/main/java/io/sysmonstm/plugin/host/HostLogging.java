package io.sysmonstm.plugin.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.spi.EventLog;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.time.ZoneId;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * Configures {@code java.util.logging}, where {@link EventLog} and most libraries end up: one line
 * a record on one stream. Libraries that talk much are heard from warning level on. An exception
 * that ends a thread is logged too.
 */
public final class HostLogging implements AutoCloseable {
  private static final List<String> QUIET =
      List.of(
          "com.sun",
          "com.zaxxer",
          "io.grpc",
          "io.helidon",
          "io.lettuce",
          "io.netty",
          "io.perfmark",
          "java",
          "javax",
          "jdk",
          "org.apache",
          "org.postgresql",
          "org.sqlite",
          "oshi",
          "reactor",
          "sun");

  private final java.util.logging.Logger root = java.util.logging.Logger.getLogger("");

  /** Kept here, since java.util.logging forgets the level of a logger that nobody refers to. */
  private final List<java.util.logging.Logger> quiet =
      QUIET.stream().map(java.util.logging.Logger::getLogger).toList();

  private final List<Handler> handlersBefore = List.of(root.getHandlers());
  private final Level levelBefore = root.getLevel();
  private final Thread.UncaughtExceptionHandler uncaughtBefore =
      Thread.getDefaultUncaughtExceptionHandler();
  private final Handler handler;

  private HostLogging(Handler handler) {
    this.handler = handler;
  }

  /**
   * Takes over all logging of this process.
   *
   * @param format how lines are written
   * @param level the least level that is logged
   * @param out where lines go, usually {@link System#err}; flushed after each
   * @return what was there before comes back when it is closed
   */
  public static HostLogging install(LogFormat format, Logger.Level level, OutputStream out) {
    var formatter =
        switch (format) {
          case JSON -> new JsonLines();
          case TEXT -> new TextLines(ZoneId.systemDefault());
        };
    var logging = new HostLogging(new LineHandler(formatter, out));
    logging.start(julLevel(level));
    return logging;
  }

  @Override
  public void close() {
    root.removeHandler(handler);
    handlersBefore.forEach(root::addHandler);
    root.setLevel(levelBefore);
    quiet.forEach(logger -> logger.setLevel(null));
    Thread.setDefaultUncaughtExceptionHandler(uncaughtBefore);
  }

  private void start(Level level) {
    handlersBefore.forEach(root::removeHandler);
    root.addHandler(handler);
    root.setLevel(level);
    var least = level.intValue() > Level.WARNING.intValue() ? level : Level.WARNING;
    quiet.forEach(logger -> logger.setLevel(least));
    var log = EventLog.of(HostLogging.class);
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, cause) ->
            log.error(
                "uncaught_exception", "a thread ended by it", cause, "thread", thread.getName()));
  }

  private static Level julLevel(Logger.Level level) {
    return switch (level) {
      case ALL -> Level.ALL;
      case TRACE -> Level.FINER;
      case DEBUG -> Level.FINE;
      case INFO -> Level.INFO;
      case WARNING -> Level.WARNING;
      case ERROR -> Level.SEVERE;
      case OFF -> Level.OFF;
    };
  }

  /** Writes each record with one call, so that lines of several threads never mix. */
  private static final class LineHandler extends Handler {
    private final Formatter lines;
    private final OutputStream out;
    private final LogLimit limit = new LogLimit(System::nanoTime);

    LineHandler(Formatter lines, OutputStream out) {
      this.lines = lines;
      this.out = out;
    }

    @Override
    public void publish(LogRecord record) {
      if (!limit.admits(record)) {
        return;
      }
      var line = lines.format(record).getBytes(UTF_8);
      synchronized (this) {
        try {
          out.write(line);
          out.flush();
        } catch (IOException e) {
          // There is no place left to tell of it.
        }
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
