package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.EventLog;
import java.time.Duration;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LogLimitTest {
  private long nanos = 7;
  private final LogLimit limit = new LogLimit(() -> nanos);

  private static LogRecord of(String logger) {
    var made = new LogRecord(Level.WARNING, "Exception processing message");
    made.setLoggerName(logger);
    return made;
  }

  @Test
  @DisplayName("row 18: a library that is made to talk is cut short")
  void aLibraryThatIsMadeToTalkIsCutShort() {
    int written = 0;
    for (int i = 0; i < 1_000_000; i++) {
      if (limit.admits(of("io.grpc.Noisy"))) {
        written++;
      }
    }
    assertThat(written).isEqualTo(LogLimit.LINES);
    assertThat(limit.admits(of("io.grpc.Other"))).isTrue();
  }

  @Test
  void goesOnLaterAndTellsHowMuchIsMissing() {
    for (int i = 0; i < LogLimit.LINES + 7; i++) {
      limit.admits(of("io.grpc.Noisy"));
    }
    nanos += Duration.ofSeconds(10).toNanos();
    var next = of("io.grpc.Noisy");
    assertThat(limit.admits(next)).isTrue();
    assertThat(next.getMessage())
        .isEqualTo("Exception processing message (7 before it were left out)");
    var afterwards = of("io.grpc.Noisy");
    assertThat(limit.admits(afterwards)).isTrue();
    assertThat(afterwards.getMessage()).isEqualTo("Exception processing message");
  }

  @Test
  void ourOwnEventsBoundThemselves() {
    for (int i = 0; i < 3 * LogLimit.LINES; i++) {
      var event = of("io.sysmonstm.Own");
      event.setParameters(new Object[] {new EventLog.Entry("started", "has started", Map.of())});
      assertThat(limit.admits(event)).isTrue();
    }
  }
}
