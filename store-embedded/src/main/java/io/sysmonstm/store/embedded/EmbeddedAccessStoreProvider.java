package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.AccessStoreProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;

/** Makes {@link EmbeddedAccessStore}s. Immutable. */
public final class EmbeddedAccessStoreProvider implements AccessStoreProvider {
  /** Creates a provider. */
  public EmbeddedAccessStoreProvider() {}

  @Override
  public String type() {
    return "embedded";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of();
  }

  @Override
  public AccessStore create(Settings settings, ProviderContext context) {
    return new EmbeddedAccessStore(context);
  }
}
