package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Readiness;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HealthRegistryTest {
  private final HealthRegistry registry = new HealthRegistry();
  private final AtomicReference<Readiness> aggregator = new AtomicReference<>();
  private final AtomicReference<Health> events = new AtomicReference<>(Health.ok());

  HealthRegistryTest() {
    aggregator(true, Health.ok());
    registry.add("aggregator", aggregator::get);
    registry.optional("events", events::get);
  }

  @Test
  void allPartsWell() {
    assertThat(registry.readiness().ready()).isTrue();
    assertThat(registry.readiness().degraded()).isFalse();
    assertThat(registry.readiness().parts()).containsOnlyKeys("aggregator.history", "events");
  }

  @Test
  void withoutAnOptionalPartItIsDegraded() {
    events.set(Health.failing("no connection"));

    assertThat(registry.readiness().ready()).isTrue();
    assertThat(registry.readiness().degraded()).isTrue();
  }

  @Test
  void aPartThatCanDoItsWorkWithoutOneOfItsOwnIsDegraded() {
    aggregator(true, Health.failing("disk full"));

    assertThat(registry.readiness().ready()).isTrue();
    assertThat(registry.readiness().degraded()).isTrue();
    assertThat(registry.readiness().parts())
        .containsEntry("aggregator.history", Health.failing("disk full"));
  }

  @Test
  void withoutAPartThatIsReadyItIsNotReady() {
    aggregator(false, Health.ok());

    assertThat(registry.readiness().ready()).isFalse();
  }

  @Test
  void whileDrainingItIsNotReady() {
    registry.drain();

    assertThat(registry.readiness().ready()).isFalse();
  }

  @Test
  void aPartThatThrowsFails() {
    registry.add(
        "clock",
        () -> {
          throw new IllegalStateException("secret detail");
        });

    assertThat(registry.readiness().ready()).isFalse();
    assertThat(registry.readiness().parts())
        .containsEntry("clock", Health.failing("its health cannot be told: IllegalStateException"));
  }

  private void aggregator(boolean ready, Health history) {
    aggregator.set(new Readiness(ready, Map.of("history", history)));
  }
}
