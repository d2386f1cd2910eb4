package io.sysmonstm.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventLogTest {
  private static final Logger LOGGER = Logger.getLogger(EventLogTest.class.getName());

  private final EventLog log = EventLog.of(EventLogTest.class);
  private final Recorder recorder = new Recorder();

  @BeforeEach
  void record() {
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(recorder);
  }

  @AfterEach
  void stop() {
    LOGGER.removeHandler(recorder);
    LOGGER.setUseParentHandlers(true);
  }

  @Test
  void handsOverTheEntryAsTheOnlyParameter() {
    log.info("stream_completed", "a stream ended", "machine", "a", "batches", 7L);

    var entry =
        new EventLog.Entry(
            "stream_completed", "a stream ended", Map.of("machine", "a", "batches", 7L));
    assertThat(recorder.records)
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.getLevel()).isEqualTo(Level.INFO);
              assertThat(record.getParameters()).containsExactly(entry);
            });
  }

  @Test
  void boundsEachEventAtInfoLevel() {
    for (int i = 0; i < 1_000; i++) {
      log.info("stream_opened", "a stream was opened");
    }
    log.info("stream_closed", "a stream was closed");

    assertThat(recorder.records).hasSize(EventLog.INFOS + 1);
  }

  @Test
  void repeatsAWarningOnlyAfterAWhileForEachEvent() {
    for (int i = 0; i < 100; i++) {
      log.warn("store_unavailable", "the store is away", null);
      log.error("batch_lost", "a batch is lost", null);
    }

    assertThat(recorder.records)
        .extracting(LogRecord::getLevel)
        .containsExactly(Level.WARNING, Level.SEVERE);
  }

  @Test
  void doesNotHoldBackWhatIsNoWarning() {
    log.info("started", "started");
    log.info("started", "started");

    assertThat(recorder.records).hasSize(2);
  }

  @Test
  void keepsTheCause() {
    var cause = new IllegalStateException("why");
    log.warn("source_failed", "a source failed", cause, "source", "oshi");

    assertThat(recorder.records)
        .singleElement()
        .satisfies(
            record -> {
              var entry = (EventLog.Entry) record.getParameters()[0];
              assertThat(entry.cause()).isSameAs(cause);
              assertThat(entry.toString()).contains("source_failed", "oshi", "why");
            });
  }

  @Test
  void leavesOutWhatTheLevelDoesNotAskFor() {
    log.debug("detail", "a detail");

    assertThat(recorder.records).isEmpty();
  }

  @Test
  void showsAnEntryAsTextWithItsFields() {
    assertThat(new EventLog.Entry("e", "m", Map.of())).hasToString("e: m");
    assertThat(new EventLog.Entry("e", "m", Map.of("k", 1))).hasToString("e: m {k=1}");
  }

  private static final class Recorder extends Handler {
    private final List<LogRecord> records = new ArrayList<>();

    @Override
    public void publish(LogRecord record) {
      records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
