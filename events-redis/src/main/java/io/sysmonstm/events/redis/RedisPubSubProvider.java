package io.sysmonstm.events.redis;

import io.sysmonstm.redis.client.RedisConnector;
import io.sysmonstm.redis.client.RedisSettings;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;

/**
 * Makes the bus for {@code events.bus: redis-pubsub}, on Pub/Sub: an event reaches who listens at
 * that moment, or nobody. Immutable.
 */
public final class RedisPubSubProvider implements EventBusProvider {
  /** Called by the service loader. */
  public RedisPubSubProvider() {}

  @Override
  public String type() {
    return "redis-pubsub";
  }

  @Override
  public List<Setting<?>> settings() {
    return RedisSettings.and(RedisEventBus.QUEUE);
  }

  @Override
  public EventBus create(Settings settings, ProviderContext context) {
    return RedisEventBus.builder(context, () -> RedisConnector.of(settings))
        .queue(settings.get(RedisEventBus.QUEUE))
        .build();
  }
}
