package io.sysmonstm.alerts.engine;

import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;

/** Makes {@link LogNotifier}, type {@code log}. Stateless. */
public final class LogNotifierProvider implements NotifierProvider {
  /** For the service loader. */
  public LogNotifierProvider() {}

  @Override
  public String type() {
    return "log";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of();
  }

  @Override
  public Notifier create(Settings settings, ProviderContext context) {
    return new LogNotifier();
  }
}
