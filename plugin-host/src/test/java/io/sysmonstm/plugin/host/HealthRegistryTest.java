package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Health;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HealthRegistryTest {
  private final HealthRegistry registry = new HealthRegistry();
  private final AtomicReference<Health> history = new AtomicReference<>(Health.ok());
  private final AtomicReference<Health> events = new AtomicReference<>(Health.ok());

  HealthRegistryTest() {
    registry.needed("history", history::get);
    registry.optional("events", events::get);
  }

  @Test
  void allPartsWell() {
    assertThat(registry.readiness().ready()).isTrue();
    assertThat(registry.readiness().degraded()).isFalse();
    assertThat(registry.readiness().parts()).containsOnlyKeys("history", "events");
  }

  @Test
  void withoutAnOptionalPartItIsDegraded() {
    events.set(Health.failing("no connection"));

    assertThat(registry.readiness().ready()).isTrue();
    assertThat(registry.readiness().degraded()).isTrue();
  }

  @Test
  void withoutANeededPartItIsNotReady() {
    history.set(Health.failing("disk full"));

    assertThat(registry.readiness().ready()).isFalse();
    assertThat(registry.readiness().parts()).containsEntry("history", Health.failing("disk full"));
  }

  @Test
  void whileDrainingItIsNotReady() {
    registry.drain();

    assertThat(registry.readiness().ready()).isFalse();
  }

  @Test
  void aPartThatThrowsFails() {
    registry.needed(
        "clock",
        () -> {
          throw new IllegalStateException("secret detail");
        });

    assertThat(registry.readiness().ready()).isFalse();
    assertThat(registry.readiness().parts())
        .containsEntry("clock", Health.failing("its health cannot be told: IllegalStateException"));
  }
}
