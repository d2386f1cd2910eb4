package io.sysmonstm.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private final Clock time = new Clock();
  private final RateLimit limit = new RateLimit(3, Duration.ofSeconds(10), time, 100);

  private static final class Clock implements TimeSource {
    // Near the end of what a clock of the JVM may show.
    private long nanos = Long.MAX_VALUE - 1;

    void advance(Duration by) {
      nanos += by.toNanos();
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH;
    }
  }

  @Test
  void soManyAtOnceAndOneAfterEachPause() {
    for (int i = 0; i < 3; i++) {
      assertThat(limit.take("a")).isEmpty();
    }
    assertThat(limit.take("a")).contains(Duration.ofSeconds(10));
    time.advance(Duration.ofSeconds(4));
    assertThat(limit.take("a")).contains(Duration.ofSeconds(6));
    time.advance(Duration.ofSeconds(6));
    assertThat(limit.take("a")).isEmpty();
    assertThat(limit.take("a")).isPresent();
    assertThat(limit.take("b")).isEmpty();
  }

  @Test
  void restGivesNoMoreThanAllTurns() {
    limit.take("a");
    time.advance(Duration.ofHours(1));
    for (int i = 0; i < 3; i++) {
      assertThat(limit.take("a")).isEmpty();
    }
    assertThat(limit.take("a")).isPresent();
  }

  @Test
  void turnsAreGivenBack() {
    for (int i = 0; i < 3; i++) {
      limit.take("a");
    }
    limit.giveBack("a");
    assertThat(limit.take("a")).isEmpty();
    assertThat(limit.take("a")).isPresent();
    limit.forgive("a");
    assertThat(limit.take("a")).isEmpty();
  }

  @Test
  @DisplayName("row 13: the memory of a limit is bounded, whoever makes up keys")
  void keysAreBounded() {
    for (int i = 0; i < 10_000; i++) {
      limit.take("key " + i);
    }
    assertThat(limit.keys()).isEqualTo(100);
    assertThat(RateLimit.MOST_KEYS).isEqualTo(100_000);
  }
}
