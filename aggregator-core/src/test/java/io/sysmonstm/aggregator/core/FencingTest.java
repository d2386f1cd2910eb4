package io.sysmonstm.aggregator.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FencingTest {
  private static final UUID FIRST = new UUID(1, 1);
  private static final UUID SECOND = new UUID(2, 2);

  private final FakeReply old = new FakeReply();
  private final FakeReply newest = new FakeReply();

  private static io.sysmonstm.spi.Hello hello(UUID instance) {
    return Rig.hello("web-1", instance, Instant.now(), 0);
  }

  @Test
  void theNewestInstanceWinsAtOnce() {
    try (var rig = new Rig()) {
      var before = rig.aggregator.open(hello(FIRST), old);
      assertThat(Rig.offer(before, rig.batch("web-1", 1).build())).isTrue();
      var after = rig.aggregator.open(hello(SECOND), newest);
      assertThat(old.ends)
          .extracting(RequestException::code)
          .containsExactly(ErrorCode.FAILED_PRECONDITION);
      assertThatThrownBy(() -> Rig.offer(before, rig.batch("web-1", 2).build()))
          .isInstanceOf(RequestException.class)
          .hasMessageContaining("newer instance of machine 'web-1'");
      Rig.offer(after, rig.batch("web-1", 2).build());
      Eventually.until("durable", () -> newest.durable().equals(List.of(2L)));
      assertThat(newest.ends).isEmpty();
      assertThat(rig.reading("aggregator_takeovers_total")).isEqualTo(1);
      before.close();
      after.close();
      assertThat(rig.reading("aggregator_sessions")).isZero();
    }
  }

  @Test
  void theSameInstanceReplacesItsOldStreamQuietly() {
    try (var rig = new Rig()) {
      var before = rig.aggregator.open(hello(FIRST), old);
      var after = rig.aggregator.open(hello(FIRST), newest);
      assertThat(old.ends)
          .extracting(RequestException::code)
          .containsExactly(ErrorCode.UNAVAILABLE);
      before.close();
      Rig.offer(after, rig.batch("web-1", 1).build());
      Eventually.until("durable", () -> newest.durable().equals(List.of(1L)));
      assertThat(rig.reading("aggregator_takeovers_total")).isZero();
      // The stream that was replaced has not taken the place of the newest with it.
      rig.aggregator.open(hello(SECOND), new FakeReply());
      assertThat(newest.ends).hasSize(1);
    }
  }

  @Test
  void aStreamThatEndedBeforeTheNextBeganIsNoTakeover() {
    try (var rig = new Rig()) {
      rig.aggregator.open(hello(FIRST), old).close();
      rig.aggregator.open(hello(SECOND), newest);
      assertThat(old.ends).isEmpty();
      assertThat(rig.reading("aggregator_takeovers_total")).isZero();
    }
  }

  @Test
  void whatTheOldStreamBroughtIsAcknowledgedToTheNewOne() {
    try (var rig = new Rig(builder -> builder.volatileAfter(Duration.ofSeconds(30)))) {
      rig.history.down = true;
      var before = rig.aggregator.open(hello(FIRST), old);
      Rig.offer(before, rig.batch("web-1", 1).build());
      var after = rig.aggregator.open(hello(FIRST), newest);
      Rig.offer(after, rig.batch("web-1", 1).replay().build());
      rig.history.down = false;
      Eventually.until("durable", () -> newest.durable().equals(List.of(1L)));
      assertThat(old.acks).isEmpty();
      assertThat(rig.history.batches()).isEqualTo(1);
    }
  }

  @Test
  void twoProcessesThatTakeTurnsAreAConflictOfIdentity() {
    try (var rig = new Rig()) {
      for (int i = 0; i <= Fence.TOLERATED; i++) {
        rig.aggregator.open(hello(i % 2 == 0 ? FIRST : SECOND), new FakeReply());
      }
      assertThat(rig.reading("aggregator_identity_conflicts_total")).isZero();
      rig.aggregator.open(hello(FIRST), new FakeReply());
      assertThat(rig.reading("aggregator_identity_conflicts_total")).isEqualTo(1);
    }
  }

  @Test
  void rareTakeoversAreNoConflict() {
    var time = new ManualTime();
    var fence = new Fence();
    for (int i = 0; i < 20; i++) {
      assertThat(fence.isContested(time.nanoTime())).isFalse();
      time.advance(Fence.WINDOW.dividedBy(2));
    }
  }
}
