package io.sysmonstm.alerts.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Notification.Kind;
import io.sysmonstm.spi.Notifier;
import io.sysmonstm.testkit.NotifierContract;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogNotifierContractTest extends NotifierContract {
  private static final Logger LOGGER = Logger.getLogger(LogNotifier.class.getName());

  private final List<EventLog.Entry> entries = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          entries.add((EventLog.Entry) line.getParameters()[0]);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @Override
  protected Notifier createNotifier() {
    LOGGER.setLevel(Level.INFO);
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(handler);
    return new LogNotifier();
  }

  @AfterEach
  void stopListening() {
    LOGGER.removeHandler(handler);
    LOGGER.setUseParentHandlers(true);
  }

  @Override
  protected List<String> delivered() {
    return entries.stream().map(EventLog.Entry::toString).toList();
  }

  @Test
  void namesTheCulprit() {
    new LogNotifier().notify(notice("a-1", "m1 / is 95 % full", Kind.FIRED));
    assertThat(entries)
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.event()).isEqualTo("alert_fired");
              assertThat(entry.message())
                  .isEqualTo("m1 / is 95 % full; top process java (pid 7, 380 % CPU, 3072 MiB)");
              assertThat(entry.fields())
                  .containsKeys("alert", "metric", "labels")
                  .containsEntry("rule", "disk-filling")
                  .containsEntry("machine", "m1")
                  .containsEntry("severity", "critical")
                  .containsEntry("value", 95.0)
                  .containsEntry("threshold", 90.0)
                  .containsEntry("culprit", "java (pid 7, 380 % CPU, 3072 MiB)");
            });
  }

  @Test
  void isProvidedUnderItsType() {
    assertThat(new LogNotifierProvider().type()).isEqualTo("log");
    assertThat(new LogNotifierProvider().settings()).isEmpty();
    assertThat(LogNotifierProvider.class.getModule().getDescriptor().provides())
        .singleElement()
        .satisfies(
            provided ->
                assertThat(provided.providers())
                    .containsExactly(LogNotifierProvider.class.getName()));
  }
}
