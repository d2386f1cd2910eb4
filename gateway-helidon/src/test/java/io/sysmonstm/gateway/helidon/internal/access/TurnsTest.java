package io.sysmonstm.gateway.helidon.internal.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.web.helidon.internal.http.TooManyException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static void assertNone(Turns turns, boolean suspect) {
    assertThatExceptionOfType(Turns.WaitedInVainException.class)
        .isThrownBy(() -> turns.take(suspect))
        .returns(ErrorCode.RESOURCE_EXHAUSTED, SysmonstmException::code);
  }

  private static void assertQueueIsFull(Turns turns) {
    assertThat(turns.waitingSuspects()).isEqualTo(Turns.WAITING_SUSPECTS);
    assertThatExceptionOfType(TooManyException.class)
        .isThrownBy(() -> turns.take(true))
        .returns(30L, TooManyException::retryAfterSeconds);
  }

  @Test
  @DisplayName("row 13: who was wrong lately holds at most half of the turns")
  void suspectsHoldHalf() {
    var turns = new Turns(4, Duration.ZERO);
    try (var _ = turns.take(true);
        var _ = turns.take(true)) {
      assertNone(turns, true);
      try (var _ = turns.take(false);
          var _ = turns.take(false)) {
        assertNone(turns, false);
      }
    }
    turns.take(true).close();
  }

  @Test
  void whoWaitsInVainHoldsNothing() {
    var turns = new Turns(2, Duration.ZERO);
    try (var _ = turns.take(false);
        var _ = turns.take(false)) {
      assertNone(turns, true);
    }
    turns.take(true).close();
  }

  @Test
  @DisplayName("row 13: a flood waits among itself, and others do not wait behind it")
  void aFloodKeepsNobodyOut() throws Exception {
    var turns = new Turns(1, Duration.ofSeconds(30));
    var over = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var all = new ArrayList<Future<?>>();
      try (var _ = turns.take(true)) {
        for (int i = 0; i < Turns.WAITING_SUSPECTS; i++) {
          all.add(
              threads.submit(
                  () -> {
                    try (var _ = turns.take(true)) {
                      over.await();
                    }
                    return true;
                  }));
        }
        // No more of them wait than that.
        Eventually.asserted(() -> assertQueueIsFull(turns));
        all.add(threads.submit(() -> turns.take(false).close()));
        assertThat(all.getLast()).isNotDone();
      }
      // At most one of the flood is before it.
      over.countDown();
      for (var one : all.reversed()) {
        one.get();
      }
    }
  }
}
