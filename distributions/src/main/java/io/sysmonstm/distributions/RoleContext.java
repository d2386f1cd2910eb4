package io.sysmonstm.distributions;

import io.sysmonstm.plugin.host.Configuration;
import io.sysmonstm.plugin.host.HealthRegistry;
import io.sysmonstm.plugin.host.HostContext;
import io.sysmonstm.plugin.host.HostSettings;
import io.sysmonstm.plugin.host.PluginInstance;
import io.sysmonstm.plugin.host.ProviderRegistry;
import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.Provider;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.TimeSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a role is put together from: its configuration, the plugins, and what these are handed. */
final class RoleContext {
  private final Configuration configuration;
  private final Path directory;
  private final ProviderRegistry registry;
  private final Settings settings;
  private final HostContext host;
  private final HealthRegistry health;

  RoleContext(
      Configuration configuration, Path directory, ProviderRegistry registry, TimeSource time) {
    this.configuration = configuration;
    this.directory = directory;
    this.registry = registry;
    this.settings = new LocatedSettings(configuration, directory);
    this.host = HostContext.open(time, settings.get(HostSettings.DATA_DIRECTORY));
    this.health = new HealthRegistry();
  }

  private RoleContext(RoleContext from, Configuration configuration) {
    this.configuration = configuration;
    this.directory = from.directory;
    this.registry = from.registry;
    this.settings = new LocatedSettings(configuration, directory);
    this.host = from.host;
    this.health = from.health;
  }

  /** Returns this context with another value of one setting. */
  RoleContext with(Setting<?> setting, String text) {
    return new RoleContext(this, configuration.with(setting, Optional.of(text), "host"));
  }

  Configuration configuration() {
    return configuration;
  }

  Settings settings() {
    return settings;
  }

  HostContext host() {
    return host;
  }

  /** Returns where each part says how it is. */
  HealthRegistry health() {
    return health;
  }

  /** Makes the plugin of a type. */
  <T, P extends Provider<T>> T create(Class<P> spi, String type) {
    return registry.create(spi, type, type, settings, host);
  }

  /** Makes the plugin that a setting names. */
  <T, P extends Provider<T>> T create(Class<P> spi, Setting<String> chooser) {
    return create(spi, settings.get(chooser));
  }

  List<PluginInstance> notifiers() {
    return configuration.instances(RoleKeys.NOTIFIERS);
  }

  Notifier create(PluginInstance notifier) {
    return registry.create(
        NotifierProvider.class,
        notifier.type(),
        notifier.name(),
        new LocatedSettings(notifier.settings(), directory),
        host);
  }
}
