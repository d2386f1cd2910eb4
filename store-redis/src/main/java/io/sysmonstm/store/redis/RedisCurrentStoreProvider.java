package io.sysmonstm.store.redis;

import io.sysmonstm.redis.client.RedisConnector;
import io.sysmonstm.redis.client.RedisSettings;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.time.Duration;
import java.util.List;

/** Makes {@link RedisCurrentStore}s. Immutable. */
public final class RedisCurrentStoreProvider implements CurrentStoreProvider {
  private static final Setting<Duration> TTL =
      Setting.duration("current.ttl", "How long a sample is shown after it came.")
          .withDefault("5m");

  /** Creates a provider. */
  public RedisCurrentStoreProvider() {}

  @Override
  public String type() {
    return "redis";
  }

  @Override
  public List<Setting<?>> settings() {
    return RedisSettings.and(TTL);
  }

  @Override
  public CurrentStore create(Settings settings, ProviderContext context) {
    var timeToLive = settings.get(TTL);
    return RedisCurrentStore.builder(context, () -> RedisConnector.of(settings))
        .timeToLive(timeToLive)
        .build();
  }
}
