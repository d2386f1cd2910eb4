package io.sysmonstm.collector.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.collector.core.internal.spool.SpoolFixture;
import io.sysmonstm.spi.Ack.Durability;
import io.sysmonstm.testkit.RecordingSender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While all is calm, nobody but the schedule's thread is awake. */
class CalmDeliveryTest {
  private final SpoolFixture fixture = new SpoolFixture();
  private final RecordingSender sender = new RecordingSender();
  private final AtomicInteger wakes = new AtomicInteger();
  private final Delivery delivery =
      Deliveries.of(fixture.spool, sender, fixture.time, fixture.metrics, new CountingWaiter());
  private long seq;

  private final class CountingWaiter implements Waiter {
    @Override
    public void awaitUntil(long nanoTime) {}

    @Override
    public void wake() {
      wakes.incrementAndGet();
    }
  }

  @BeforeEach
  void connectAndDeliverTheFirst() {
    delivery.step();
    sender.last().welcome();
    delivery.step();
    spool();
    assertThat(wakes).as("nothing was delivered yet").hasValueGreaterThan(0);
    delivery.step();
    acknowledge(Durability.DURABLE);
    delivery.step();
    wakes.set(0);
  }

  private void spool() {
    fixture.append();
    seq++;
    delivery.spooled();
  }

  private void acknowledge(Durability durability) {
    sender.last().acknowledge(durability, seq, seq, Duration.ZERO);
  }

  @Test
  void aBatchIsSentByWhoMadeItAndItsAcknowledgementWaitsForTheNext() {
    spool();
    assertThat(sender.last().sentSeqs()).containsExactly(1L, 2L);
    acknowledge(Durability.DURABLE);
    assertThat(wakes).hasValue(0);
    assertThat(fixture.spool.depth()).isEqualTo(1);

    delivery.catchUp();
    assertThat(fixture.spool.depth()).isZero();
    spool();
    assertThat(sender.last().sentSeqs()).containsExactly(1L, 2L, 3L);
    assertThat(wakes).hasValue(0);
  }

  @Test
  void anAcknowledgementThatWaitedIsNoStall() {
    spool();
    acknowledge(Durability.DURABLE);
    fixture.time.advance(Duration.ofNanos(Link.STALL_NANOS + 1));
    delivery.step();
    assertThat(sender.streams()).hasSize(1);
    assertThat(delivery.state().isConnected()).isTrue();
    assertThat(fixture.spool.depth()).isZero();
  }

  @Test
  void whatHistoryDidNotTakeWakesTheDelivery() {
    spool();
    acknowledge(Durability.VOLATILE);
    assertThat(wakes).hasValue(1);
    delivery.step();
    wakes.set(0);
    spool();
    assertThat(wakes).as("it is not calm any more").hasValue(1);
  }

  @Test
  void theEndOfTheStreamAndTheEndOfTheCollectorWakeIt() {
    sender.last().end(ErrorCode.UNAVAILABLE);
    assertThat(wakes).hasValue(1);
    delivery.step();
    spool();
    assertThat(wakes).as("nobody is connected").hasValue(2);
    delivery.drainUntil(fixture.time.nanoTime() + 1);
    assertThat(wakes).hasValue(3);
  }

  @Test
  void astepBetweenCyclesWakesTheThreadWhereItHasToActSooner() {
    // The clock was set: the hello is to be said anew, at once.
    fixture.time.setWall(fixture.time.instant().plusSeconds(3_600));
    spool();
    assertThat(wakes).hasValueGreaterThan(0);
  }
}
