package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.Availability;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.MetricSourceProvider;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;

/** Providers that only declare what they read. */
final class FakeProviders {
  private FakeProviders() {}

  static FoundProvider history(String type, Setting<?>... settings) {
    return FoundProvider.of(
        HistoryStoreProvider.class, new History(type, List.of(settings)), false);
  }

  static FoundProvider alerts(String type) {
    return FoundProvider.of(AlertStoreProvider.class, new Alerts(type), false);
  }

  static FoundProvider current(String type, Setting<?>... settings) {
    return FoundProvider.of(
        CurrentStoreProvider.class, new Current(type, List.of(settings)), false);
  }

  static FoundProvider source(String type, Setting<?>... settings) {
    return FoundProvider.of(MetricSourceProvider.class, new Source(type, List.of(settings)), false);
  }

  static FoundProvider notifier(String type, Setting<?>... settings) {
    return FoundProvider.of(NotifierProvider.class, new Notify(type, List.of(settings)), false);
  }

  record History(String type, List<Setting<?>> settings) implements HistoryStoreProvider {
    @Override
    public HistoryStore create(Settings values, ProviderContext context) {
      throw new IllegalStateException("no disk");
    }
  }

  record Alerts(String type) implements AlertStoreProvider {
    @Override
    public List<Setting<?>> settings() {
      return List.of();
    }

    @Override
    public AlertStore create(Settings values, ProviderContext context) {
      throw new IllegalStateException("no disk");
    }
  }

  record Current(String type, List<Setting<?>> settings) implements CurrentStoreProvider {
    @Override
    public Availability availability(ProviderContext context) {
      return Availability.unavailable("it needs a moon");
    }

    @Override
    public CurrentStore create(Settings values, ProviderContext context) {
      throw new IllegalStateException("created though unavailable");
    }
  }

  record Source(String type, List<Setting<?>> settings) implements MetricSourceProvider {
    @Override
    public List<MetricSource> create(Settings values, ProviderContext context) {
      return List.of();
    }
  }

  record Notify(String type, List<Setting<?>> settings) implements NotifierProvider {
    @Override
    public Notifier create(Settings values, ProviderContext context) {
      return new Named(context.instanceName());
    }
  }

  record Named(String name) implements Notifier {
    @Override
    public void notify(Notice notice) {}
  }
}
