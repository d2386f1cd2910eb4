package io.sysmonstm.gateway.helidon;

import io.sysmonstm.spi.EventLog;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What is logged below a name while it is open. */
final class LogCapture implements AutoCloseable {
  private final Logger logger = Logger.getLogger("io.sysmonstm.gateway");
  private final List<EventLog.Entry> entries = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          var parameters = line.getParameters();
          if (parameters != null
              && parameters.length == 1
              && parameters[0] instanceof EventLog.Entry entry) {
            entries.add(entry);
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  LogCapture() {
    logger.addHandler(handler);
  }

  List<EventLog.Entry> of(String event) {
    return entries.stream().filter(entry -> entry.event().equals(event)).toList();
  }

  List<EventLog.Entry> all() {
    return List.copyOf(entries);
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
  }
}
