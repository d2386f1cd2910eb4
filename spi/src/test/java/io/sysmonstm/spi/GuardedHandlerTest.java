package io.sysmonstm.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import java.util.ArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GuardedHandlerTest {
  private static final Event EVENT =
      new AlertEvent(Alert.builder("a1", "disk full", "web-1").build(), AlertEvent.Change.FIRED);

  private final SelfMetrics metrics = new SelfMetrics();

  private GuardedHandler guard(Consumer<Event> handler) {
    return new GuardedHandler("test", handler, metrics, EventLog.of(GuardedHandlerTest.class));
  }

  private String counts() {
    return metrics.collect().stream()
        .map(reading -> reading.name() + reading.labels() + "=" + (long) reading.value())
        .collect(Collectors.joining(" "));
  }

  @Test
  void handsOverAndCounts() {
    var got = new ArrayList<Event>();
    var guard = guard(got::add);

    guard.accept(EVENT);

    assertThat(got).containsExactly(EVENT);
    assertThat(guard.subscription()).isEqualTo("test");
    assertThat(counts())
        .contains("events_delivered_total", "subscription", "test")
        .matches(".*delivered_total\\S*=1 .*failures_total\\S*=0");
  }

  @Test
  void whateverAHandlerThrowsEndsThere() {
    var guard =
        guard(
            event -> {
              throw new StackOverflowError("deliberate");
            });

    guard.accept(EVENT);
    guard.accept(EVENT);

    assertThat(counts()).matches(".*delivered_total\\S*=2 .*failures_total\\S*=2");
  }

  @Test
  void anInterruptedHandlerLeavesNoMark() {
    var guard = guard(event -> Thread.currentThread().interrupt());

    guard.accept(EVENT);

    assertThat(Thread.interrupted()).isFalse();
    assertThat(counts()).matches(".*failures_total\\S*=0");
  }
}
