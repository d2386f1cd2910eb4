package io.sysmonstm.events.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.Topic;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalEventBusTest {
  private static final EnumSet<Topic> RAW = EnumSet.of(Topic.METRICS_RAW);

  private final SeriesRegistry series = new SeriesRegistry();
  private final SelfMetrics metrics = new SelfMetrics();

  private Event event(long seq) {
    return new BatchBuilder(series, "web-1", seq, Instant.EPOCH).sample("cpu_percent", 1).event();
  }

  private double reading(String name, String subscription) {
    return metrics.collect().stream()
        .filter(each -> each.name().equals(name))
        .filter(each -> each.labels().value("subscription").orElse("").equals(subscription))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }

  @Test
  void countsDeliveriesDropsAndFailuresPerSubscription() throws Exception {
    var begun = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    try (var bus = new LocalEventBus(2, metrics)) {
      bus.subscribe(
          "slow",
          RAW,
          event -> {
            begun.countDown();
            awaitQuietly(release);
            throw new IllegalStateException("deliberate");
          });
      Queue<Event> got = new ConcurrentLinkedQueue<>();
      bus.subscribe("quick", RAW, got::add);
      bus.publish(event(1));
      begun.await();
      for (int seq = 2; seq <= 6; seq++) {
        bus.publish(event(seq));
        int sent = seq;
        Eventually.until("delivered", () -> got.size() == sent);
      }
      assertThat(reading("events_queued", "slow")).isEqualTo(2);
      assertThat(reading("events_dropped_total", "slow")).isEqualTo(3);
      assertThat(reading("events_dropped_total", "quick")).isZero();
      release.countDown();
      Eventually.until(
          "failed thrice", () -> reading("events_handler_failures_total", "slow") == 3);
      assertThat(reading("events_delivered_total", "slow")).isEqualTo(3);
      assertThat(reading("events_delivered_total", "quick")).isEqualTo(6);
    }
  }

  @Test
  void interruptsAHandlerThatDoesNotReturnWhenItIsClosed() throws Exception {
    var begun = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    try (var bus = new LocalEventBus(4, metrics)) {
      bus.subscribe(
          "stuck",
          RAW,
          event -> {
            begun.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.countDown();
              Thread.currentThread().interrupt();
            }
          });
      bus.publish(event(1));
      begun.await();
    }
    assertThat(interrupted.getCount()).isZero();
  }

  @Test
  void refusesASubscriptionAfterTheEnd() {
    var bus = new LocalEventBus();
    bus.close();
    assertThatThrownBy(() -> bus.subscribe("late", RAW, event -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("late");
  }

  @Test
  void isFoundAsLocalWithOneSettingAndItsDefault(@TempDir Path directory) throws Exception {
    assertThat(LocalEventBus.class.getModule().getDescriptor().provides())
        .anySatisfy(
            provided -> {
              assertThat(provided.service()).isEqualTo(EventBusProvider.class.getName());
              assertThat(provided.providers())
                  .containsExactly(LocalEventBusProvider.class.getName());
            });
    var provider = new LocalEventBusProvider();
    assertThat(provider.type()).isEqualTo("local");
    assertThat(provider.settings()).extracting(Setting::key).containsExactly("events.local.queue");
    assertThat(provider.settings().getFirst().defaultText()).contains("10000");
    assertThat(provider.settings().getFirst().parse("0")).isEmpty();
    try (var context = new TestContext(new ManualTime(), directory);
        var bus = provider.create(Settings.of(Map.of("events.local.queue", "1")), context)) {
      assertThat(bus.guarantee()).isEqualTo(EventBus.Guarantee.AT_MOST_ONCE);
      assertThat(bus.health().isOk()).isTrue();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
