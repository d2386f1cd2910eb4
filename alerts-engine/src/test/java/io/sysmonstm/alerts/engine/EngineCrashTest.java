package io.sysmonstm.alerts.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people hear while engines die in the middle of what they do, over many random histories. */
class EngineCrashTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void everyTransitionIsToldOnceWhileNothingHappens(int engines) {
    for (long seed = 0; seed < 2; seed++) {
      var fleet = new Fleet(seed, engines);
      fleet.pass(LONG, true);
      fleet.end();
      assertThat(fleet.counts()).as("seed %d", seed).isNotEmpty().allSatisfy(Once::isOne);
      assertThat(fleet.counts()).as("seed %d", seed).hasSize(transitions(fleet));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyTransitionIsToldOnceOrTwiceThoughEnginesCrash(int engines) {
    int crashes = 0;
    int repetitions = 0;
    for (long seed = 0; seed < 5; seed++) {
      var fleet = new Fleet(seed, engines);
      fleet.crashFrom(Duration.ofSeconds(20));
      fleet.pass(LONG, true);
      fleet.end();
      crashes += fleet.crashes;
      var counts = fleet.counts();
      assertThat(counts)
          .as("seed %d", seed)
          .isNotEmpty()
          .allSatisfy((what, count) -> assertThat(count).as(what).isBetween(1, 2));
      assertThat(fleet.told.keySet()).as("seed %d: nothing else", seed).isEqualTo(counts.keySet());
      repetitions += (int) counts.values().stream().filter(count -> count == 2).count();
    }
    assertThat(crashes).isGreaterThan(8);
    assertThat(repetitions).as("some were told twice").isPositive();
  }

  @Test
  void nothingIsToldTwiceForAnOutageOfTheStore() {
    for (long seed = 0; seed < 3; seed++) {
      var fleet = new Fleet(seed, 1);
      for (int outage = 0; outage < 5; outage++) {
        fleet.pass(Duration.ofSeconds(30 + seed), true);
        fleet.store.unavailable(true);
        fleet.pass(Duration.ofSeconds(5 + 7 * outage), true);
        fleet.store.unavailable(false);
      }
      fleet.end();
      assertThat(fleet.counts()).as("seed %d", seed).isNotEmpty().allSatisfy(Once::isOne);
    }
  }

  private static int transitions(Fleet fleet) {
    // Two rules, each with a begin and an end; those that a machine is hot for are longer than what
    // the second one asks for, or not.
    return (int)
            fleet.counts().keySet().stream().filter(what -> what.contains(" very-busy ")).count()
        + 2 * fleet.episodes;
  }

  /** What is expected of a count. */
  private static final class Once {
    static void isOne(String what, int count) {
      assertThat(count).as(what).isEqualTo(1);
    }
  }
}
