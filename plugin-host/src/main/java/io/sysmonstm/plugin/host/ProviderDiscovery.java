package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.Provider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Predicate;

/**
 * Looks for providers, one source after the other, and keeps what it found broken. Confined to one
 * thread.
 */
final class ProviderDiscovery {
  private static final String BUNDLED = "the host";

  private final List<FoundProvider> found = new ArrayList<>();
  private final List<ProviderListing> broken = new ArrayList<>();

  List<FoundProvider> found() {
    return found;
  }

  List<ProviderListing> broken() {
    return broken;
  }

  /**
   * Those of the modules that the host was started with, and of the class path where there is one.
   */
  void bundled() {
    for (var spi : Spis.ALL) {
      collectBundled(spi);
    }
  }

  /** Those of each directory inside a directory, which need not exist. */
  void dropIns(Path plugins) {
    if (!Files.isDirectory(plugins)) {
      return;
    }
    for (var entry : entries(plugins.toAbsolutePath().normalize())) {
      if (Files.isDirectory(entry)) {
        dropIn(PluginLayer.load(entry));
      } else if (entry.toString().endsWith(".jar")) {
        broken(entry, "it lies beside the plugins: put it into a directory of its own");
      }
    }
  }

  private List<Path> entries(Path plugins) {
    try (var entries = Files.list(plugins)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      broken(plugins, Masking.reason(e));
      return List.of();
    }
  }

  private void dropIn(PluginLayer plugin) {
    plugin.problem().ifPresent(problem -> broken(plugin.directory(), problem));
    if (plugin.layer().isEmpty()) {
      return;
    }
    var layer = plugin.layer().get();
    int before = found.size() + broken.size();
    for (var spi : Spis.ALL) {
      collectDropIn(spi, layer, plugin.directory());
    }
    if (found.size() + broken.size() == before) {
      broken(plugin.directory(), "it provides no plugin: expected 'provides' in a module-info");
    }
  }

  private <P extends Provider<?>> void collectBundled(Class<P> spi) {
    var loader = ProviderDiscovery.class.getClassLoader();
    collect(spi, ServiceLoader.load(spi, loader), type -> true, BUNDLED);
  }

  /** What the layer alone has: the service loader also finds what the layers below it have. */
  private <P extends Provider<?>> void collectDropIn(
      Class<P> spi, ModuleLayer layer, Path directory) {
    collect(
        spi,
        ServiceLoader.load(layer, spi),
        type -> type.getModule().getLayer() == layer,
        directory.toString());
  }

  private <P extends Provider<?>> void collect(
      Class<P> spi, ServiceLoader<P> services, Predicate<Class<?>> mine, String location) {
    var iterator = services.stream().iterator();
    var service = next(spi, iterator, location);
    while (service.isPresent()) {
      add(spi, service.get(), mine, location);
      service = next(spi, iterator, location);
    }
  }

  /**
   * The next service that can be named; one that cannot is noted, and those behind it still come.
   */
  private <P> Optional<ServiceLoader.Provider<P>> next(
      Class<P> spi, Iterator<ServiceLoader.Provider<P>> services, String location) {
    while (true) {
      try {
        return services.hasNext() ? Optional.of(services.next()) : Optional.empty();
      } catch (ServiceConfigurationError | LinkageError e) {
        broken.add(new ProviderListing(Spis.name(spi), "", "", location, Optional.of(reason(e))));
      }
    }
  }

  private <P extends Provider<?>> void add(
      Class<P> spi, ServiceLoader.Provider<P> service, Predicate<Class<?>> mine, String location) {
    // A provider method may be typed as the interface; then only the object tells where it is from.
    if (!service.type().isInterface() && !mine.test(service.type())) {
      return;
    }
    try {
      var provider = service.get();
      if (mine.test(provider.getClass())) {
        found.add(FoundProvider.of(spi, provider, !location.equals(BUNDLED)));
      }
    } catch (RuntimeException | ServiceConfigurationError | LinkageError e) {
      broken.add(
          new ProviderListing(
              Spis.name(spi),
              "",
              FoundProvider.module(service.type()),
              FoundProvider.location(service.type()),
              Optional.of(reason(e))));
    }
  }

  private void broken(Path path, String problem) {
    broken.add(new ProviderListing("", "", "", path.toString(), Optional.of(problem)));
  }

  private static String reason(Throwable e) {
    return e.getCause() == null ? e.toString() : e.getMessage() + ": " + e.getCause();
  }
}
