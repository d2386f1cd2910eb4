package io.sysmonstm.gateway.helidon.internal.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import io.sysmonstm.spi.AlertEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class ChangeQueueTest {
  private final LongAdder dropped = new LongAdder();
  private final ChangeQueue queue = new ChangeQueue(dropped);

  private static AlertEvent alert(int number) {
    return new AlertEvent(
        Alert.builder(Integer.toString(number), "r", "m").build(), AlertEvent.Change.FIRED);
  }

  private List<String> drain() throws InterruptedException {
    var taken = new ArrayList<String>();
    for (var next = queue.take(Duration.ZERO); next.isPresent(); next = queue.take(Duration.ZERO)) {
      taken.add(next.get().alert().map(event -> event.alert().id()).orElse(next.get().machineId()));
    }
    return taken;
  }

  @Test
  void aMachineWaitsOnceHoweverOftenItChanges() throws InterruptedException {
    queue.open();
    queue.changed("a");
    queue.changed("b");
    queue.changed("a");
    queue.alert(alert(1));

    assertThat(drain()).containsExactly("1", "a", "b");
  }

  @Test
  void ofTooManyAlertsTheOldestIsDroppedAndCounted() throws InterruptedException {
    queue.open();
    for (int i = 0; i <= ChangeQueue.MAX_ALERTS; i++) {
      queue.alert(alert(i));
    }

    assertThat(drain()).hasSize(ChangeQueue.MAX_ALERTS).startsWith("1").endsWith("1000");
    assertThat(dropped.sum()).isEqualTo(1);
  }

  @Test
  void withoutALinkNothingWaits() throws InterruptedException {
    queue.changed("a");
    queue.alert(alert(1));
    assertThat(drain()).isEmpty();

    queue.open();
    queue.changed("a");
    queue.close();
    queue.changed("b");
    assertThat(drain()).isEmpty();
  }
}
