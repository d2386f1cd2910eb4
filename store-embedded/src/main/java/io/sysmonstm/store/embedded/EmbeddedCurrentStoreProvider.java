package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.time.Duration;
import java.util.List;

/** Makes {@link EmbeddedCurrentStore}s. Immutable. */
public final class EmbeddedCurrentStoreProvider implements CurrentStoreProvider {
  private static final Setting<Duration> TTL =
      Setting.duration("current.ttl", "How long a sample is shown after it came.")
          .withDefault("5m");

  /** Creates a provider. */
  public EmbeddedCurrentStoreProvider() {}

  @Override
  public String type() {
    return "embedded";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(TTL);
  }

  @Override
  public CurrentStore create(Settings settings, ProviderContext context) {
    return EmbeddedCurrentStore.builder(context).timeToLive(settings.get(TTL)).build();
  }
}
