package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.SeqRange;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Ack.Durability;
import io.sysmonstm.spi.Rejection;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class PendingAcksTest {
  private static final UUID EPOCH = new UUID(1, 1);

  private final LongAdder untold = new LongAdder();
  private final PendingAcks pending = new PendingAcks(untold);

  private static Ack ack(UUID epoch, long seq, Durability durability, Rejection... rejected) {
    return new Ack(
        epoch,
        List.of(new SeqRange(seq, seq)),
        durability,
        List.of(rejected),
        Duration.ofMillis(seq));
  }

  @Test
  void neighboursAreJoined() {
    for (long seq = 1; seq <= 100_000; seq++) {
      assertThat(pending.add(ack(EPOCH, seq, Durability.DURABLE))).isTrue();
    }
    assertThat(pending.drain())
        .containsExactly(
            new Ack(
                EPOCH,
                List.of(new SeqRange(1, 100_000)),
                Durability.DURABLE,
                List.of(),
                Duration.ofSeconds(100)));
    assertThat(pending.isEmpty()).isTrue();
    assertThat(pending.drain()).isEmpty();
  }

  @Test
  void durableIsToldAfterVolatile() {
    pending.add(ack(EPOCH, 1, Durability.VOLATILE));
    pending.add(ack(EPOCH, 1, Durability.DURABLE));
    assertThat(pending.drain())
        .extracting(Ack::durability)
        .containsExactly(Durability.VOLATILE, Durability.DURABLE);
  }

  @Test
  void gapsAreBounded() {
    int taken = 0;
    while (taken < 10 * PendingAcks.MAX_RANGES
        && pending.add(ack(EPOCH, 1 + 2L * taken, Durability.DURABLE))) {
      taken++;
    }
    assertThat(taken).isBetween(PendingAcks.MAX_RANGES - 2, PendingAcks.MAX_RANGES);
  }

  @Test
  void epochsAreBounded() {
    int taken = 0;
    while (taken < 10 * PendingAcks.MAX_RANGES
        && pending.add(ack(new UUID(0, taken), 1, Durability.DURABLE))) {
      taken++;
    }
    assertThat(taken).isLessThanOrEqualTo(PendingAcks.MAX_RANGES);
  }

  @Test
  void rejectionsBeyondTheBoundAreCounted() {
    for (long seq = 1; seq <= PendingAcks.MAX_REJECTIONS + 10; seq++) {
      pending.add(
          ack(EPOCH, seq, Durability.DURABLE, new Rejection(seq, "m", Rejection.Reason.FUTURE, 3)));
    }
    assertThat(pending.drain().getFirst().rejected()).hasSize(PendingAcks.MAX_REJECTIONS);
    assertThat(untold.sum()).isEqualTo(30);
  }
}
