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
 * Makes the bus for {@code events.bus: redis-streams}, on Streams: events are kept for a while, and
 * delivered after an outage too. Immutable.
 */
public final class RedisStreamsProvider implements EventBusProvider {
  private static final Setting<Integer> MAX_LENGTH =
      Setting.number(
              "events.redis-streams.max-length",
              "About how many events each stream keeps.",
              100,
              100_000_000)
          .withDefault("10000");
  private static final Setting<Integer> PARTITIONS =
      Setting.number(
              "events.redis-streams.partitions",
              "Over how many streams the machines of a topic are spread, and so how many members of"
                  + " a group can share them; the same in every process.",
              1,
              256)
          .withDefault("1");

  /** Called by the service loader. */
  public RedisStreamsProvider() {}

  @Override
  public String type() {
    return "redis-streams";
  }

  @Override
  public List<Setting<?>> settings() {
    return RedisSettings.and(RedisEventBus.QUEUE, MAX_LENGTH, PARTITIONS);
  }

  @Override
  public EventBus create(Settings settings, ProviderContext context) {
    return RedisEventBus.builder(context, () -> RedisConnector.of(settings))
        .queue(settings.get(RedisEventBus.QUEUE))
        .streams(settings.get(MAX_LENGTH), settings.get(PARTITIONS))
        .build();
  }
}
