package io.sysmonstm.events.local;

import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;

/** Makes the bus for {@code events.bus: local}. Thread-safe. */
public final class LocalEventBusProvider implements EventBusProvider {
  private static final Setting<Integer> QUEUE =
      Setting.number(
              "events.local.queue",
              "How many events wait for one subscription before the oldest is dropped.",
              1,
              1_000_000)
          .withDefault(Integer.toString(LocalEventBus.DEFAULT_QUEUE));

  /** Called by the service loader. */
  public LocalEventBusProvider() {}

  @Override
  public String type() {
    return "local";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(QUEUE);
  }

  @Override
  public EventBus create(Settings settings, ProviderContext context) {
    return new LocalEventBus(settings.get(QUEUE), context.metrics());
  }
}
