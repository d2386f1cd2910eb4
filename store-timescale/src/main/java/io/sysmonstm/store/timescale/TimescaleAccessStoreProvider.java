package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.AccessStoreProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;

/** Makes {@link TimescaleAccessStore}s. Immutable. */
public final class TimescaleAccessStoreProvider implements AccessStoreProvider {
  /** Creates a provider. */
  public TimescaleAccessStoreProvider() {}

  @Override
  public String type() {
    return "timescale";
  }

  @Override
  public List<Setting<?>> settings() {
    return Server.SETTINGS;
  }

  @Override
  public AccessStore create(Settings settings, ProviderContext context) {
    return new TimescaleAccessStore(Server.of(settings), Clock.OF_SERVER, context);
  }
}
