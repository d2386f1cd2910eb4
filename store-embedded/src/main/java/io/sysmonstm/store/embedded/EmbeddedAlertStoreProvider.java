package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;

/** Makes {@link EmbeddedAlertStore}s. Immutable. */
public final class EmbeddedAlertStoreProvider implements AlertStoreProvider {
  /** Creates a provider. */
  public EmbeddedAlertStoreProvider() {}

  @Override
  public String type() {
    return "embedded";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of();
  }

  @Override
  public AlertStore create(Settings settings, ProviderContext context) {
    return EmbeddedAlertStore.builder(context).build();
  }
}
