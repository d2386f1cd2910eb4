package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.Provider;
import io.sysmonstm.spi.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A provider and what it says of itself, asked once.
 *
 * @param spi what it implements
 * @param provider the provider
 * @param type its type
 * @param settings the settings it reads
 * @param dropIn whether it comes from a plugin directory
 */
record FoundProvider(
    Class<? extends Provider<?>> spi,
    Provider<?> provider,
    String type,
    List<Setting<?>> settings,
    boolean dropIn) {
  static FoundProvider of(Class<? extends Provider<?>> spi, Provider<?> provider, boolean dropIn) {
    return PluginCalls.with(
        loader(provider.getClass()),
        () -> {
          var type = Objects.requireNonNull(provider.type(), "its type is null");
          if (!type.matches("[a-z][a-z0-9-]{0,63}")) {
            throw new IllegalArgumentException(
                "its type '%s' is not of lower-case letters, digits and dashes".formatted(type));
          }
          return new FoundProvider(spi, provider, type, List.copyOf(provider.settings()), dropIn);
        });
  }

  ClassLoader loader() {
    return loader(provider.getClass());
  }

  /** The module with its version, or the class where it is in none. */
  String module() {
    return module(provider.getClass());
  }

  String location() {
    return location(provider.getClass());
  }

  static String module(Class<?> type) {
    var descriptor = type.getModule().getDescriptor();
    return descriptor == null
        ? type.getName()
        : descriptor
            .rawVersion()
            .map(version -> descriptor.name() + "@" + version)
            .orElse(descriptor.name());
  }

  static String location(Class<?> type) {
    var module = type.getModule();
    if (module.isNamed() && module.getLayer() != null) {
      return module
          .getLayer()
          .configuration()
          .findModule(module.getName())
          .flatMap(resolved -> resolved.reference().location())
          .map(FoundProvider::shown)
          .orElse("the run-time image");
    }
    var source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null
        ? "the class path"
        : shown(URI.create(source.getLocation().toString()));
  }

  private static ClassLoader loader(Class<?> type) {
    var loader = type.getClassLoader();
    return loader == null ? ClassLoader.getSystemClassLoader() : loader;
  }

  private static String shown(URI location) {
    return "file".equals(location.getScheme()) ? Path.of(location).toString() : location.toString();
  }
}
