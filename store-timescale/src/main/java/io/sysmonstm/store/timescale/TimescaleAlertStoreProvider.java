package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;

/** Makes {@link TimescaleAlertStore}s. Immutable. */
public final class TimescaleAlertStoreProvider implements AlertStoreProvider {
  /** Creates a provider. */
  public TimescaleAlertStoreProvider() {}

  @Override
  public String type() {
    return "timescale";
  }

  @Override
  public List<Setting<?>> settings() {
    return Server.SETTINGS;
  }

  @Override
  public AlertStore create(Settings settings, ProviderContext context) {
    var builder = TimescaleAlertStore.builder(context, settings.get(Server.URL));
    settings.find(Server.USER).ifPresent(builder::user);
    settings.find(Server.PASSWORD).ifPresent(builder::password);
    return builder.build();
  }
}
