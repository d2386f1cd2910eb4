package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReminderTest {
  private final ManualTime time = new ManualTime();
  private final AtomicInteger said = new AtomicInteger();

  @Test
  @DisplayName("row 1: what is insecure and allowed to be is warned of at once, and each minute")
  void saysItEachMinute() {
    try (var reminder = Reminder.begin(time, said::incrementAndGet)) {
      assertThat(said).hasValue(1);
      for (int minute = 1; minute <= 10; minute++) {
        time.advance(Duration.ofSeconds(59));
        reminder.look();
        assertThat(said).as("before minute " + minute).hasValue(minute);
        time.advance(Duration.ofSeconds(1));
        reminder.look();
        assertThat(said).as("in minute " + minute).hasValue(minute + 1);
      }
      time.advance(Duration.ofHours(1));
      reminder.look();
      reminder.look();
      assertThat(said).as("once after a machine has slept").hasValue(12);
    }
  }

  @Test
  void looksByItselfUntilItIsClosed() {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor();
        var _ = Reminder.begin(time, said::incrementAndGet).follow(executor)) {
      time.advance(Duration.ofMinutes(1));
      Eventually.until("said again", () -> said.get() == 2);
    }
  }
}
