package io.sysmonstm.collector.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.collector.core.internal.spool.MemorySpool;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.RecordingSender;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Another process with the id of this machine takes over. */
class FencedDeliveryTest {
  private final ManualTime time = new ManualTime();
  private final RecordingSender sender = new RecordingSender();
  private final Delivery delivery =
      Deliveries.of(new MemorySpool(new UUID(1, 1), 100, 1 << 20), sender, time, new SelfMetrics());

  private int conflicts() {
    return delivery.state().conflicts(time.nanoTime());
  }

  private void connect() {
    delivery.step();
    sender.last().welcome();
    delivery.step();
  }

  private void connectAndBeFenced() {
    connect();
    sender.last().end(ErrorCode.FAILED_PRECONDITION);
    delivery.step();
    time.advance(Duration.ofSeconds(61));
  }

  @Test
  void itIsCountedForTenMinutes() {
    assertThat(conflicts()).isZero();
    connectAndBeFenced();
    connectAndBeFenced();
    assertThat(conflicts()).isEqualTo(2);
    assertThat(delivery.state().problem().orElseThrow()).contains("another process");

    connect();
    assertThat(delivery.state().problem()).isEmpty();
    time.advance(Duration.ofMinutes(8));
    assertThat(conflicts()).isEqualTo(1);
    time.advance(Duration.ofMinutes(2));
    assertThat(conflicts()).isZero();
  }

  @Test
  void otherEndsAreNoConflict() {
    delivery.step();
    sender.last().end(ErrorCode.FAILED_PRECONDITION);
    delivery.step();
    time.advance(Duration.ofSeconds(61));
    for (var code : ErrorCode.values()) {
      if (code != ErrorCode.FAILED_PRECONDITION) {
        connect();
        sender.last().end(code);
        delivery.step();
        time.advance(Duration.ofSeconds(61));
      }
    }
    assertThat(conflicts()).isZero();
  }
}
