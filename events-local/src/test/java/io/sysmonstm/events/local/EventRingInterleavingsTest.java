package io.sysmonstm.events.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Stress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventRingInterleavingsTest {
  private static final int EACH = 50;
  private static final List<Event> EVENTS = events();

  private static List<Event> events() {
    var series = new SeriesRegistry();
    var events = new ArrayList<Event>();
    for (int publisher = 0; publisher < 2; publisher++) {
      for (int seq = 1; seq <= EACH; seq++) {
        events.add(
            new BatchBuilder(series, "m" + publisher, seq, Instant.EPOCH)
                .sample("cpu_percent", 1)
                .event());
      }
    }
    return List.copyOf(events);
  }

  /** Two publish, one takes until both have and the rest is taken. */
  private static final class Round implements Stress.Round {
    private final EventRing ring;
    private final AtomicInteger publishing = new AtomicInteger(2);
    private final AtomicInteger dropped = new AtomicInteger();
    private final List<MetricsEvent> taken = new ArrayList<>();

    Round(int capacity) {
      ring = new EventRing(capacity);
    }

    private void publish(int publisher) {
      for (var event : EVENTS.subList(publisher * EACH, (publisher + 1) * EACH)) {
        switch (ring.put(event)) {
          case STORED -> {}
          case OVERFLOWED, DROPPED_OLDEST -> dropped.incrementAndGet();
          case CLOSED -> throw new IllegalStateException("closed");
        }
      }
      publishing.decrementAndGet();
    }

    private void take() {
      try {
        while (publishing.get() > 0 || ring.size() > 0) {
          if (ring.size() > 0 && ring.take() instanceof MetricsEvent event) {
            taken.add(event);
          } else {
            Thread.onSpinWait();
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public List<Runnable> actors() {
      return List.of(() -> publish(0), () -> publish(1), this::take);
    }

    @Override
    public void check() {
      assertThat(taken.size() + dropped.get()).as("taken and dropped").isEqualTo(2 * EACH);
      for (int publisher = 0; publisher < 2; publisher++) {
        var machine = "m" + publisher;
        assertThat(taken.stream().filter(event -> event.machineId().equals(machine)))
            .extracting(event -> event.batch().seq())
            .isSorted()
            .doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void nothingIsLostUncountedOrOutOfOrder() {
    assertThat(Stress.run(() -> new Round(8))).isPositive();
  }

  @Test
  void aLargeOneDropsNothing() {
    Stress.run(
        () -> {
          var round = new Round(2 * EACH);
          return round.also(() -> assertThat(round.dropped).hasValue(0));
        });
  }

  @Test
  void whoTakesIsWokenByTheClose() {
    Stress.run(
        () -> {
          var ring = new EventRing(4);
          return new Stress.Round() {
            @Override
            public List<Runnable> actors() {
              return List.of(
                  ring::close,
                  () -> {
                    var _ = ring.put(EVENTS.getFirst());
                  },
                  () -> {
                    try {
                      while (ring.take() != null) {
                        Thread.onSpinWait();
                      }
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
            }

            @Override
            public void check() {
              assertThat(ring.size()).isZero();
            }
          };
        });
  }
}
