package io.sysmonstm.plugin.host;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.DuplicateProviderException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.Availability;
import io.sysmonstm.spi.Provider;
import io.sysmonstm.spi.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The providers that are there: bundled ones, and those of plugin directories. Nothing is active
 * because it is there; configuration names the type. A provider or directory that is broken is
 * listed with its reason and costs the others nothing. Immutable.
 */
public final class ProviderRegistry {
  private final List<FoundProvider> found;
  private final List<ProviderListing> broken;
  private final Optional<Path> pluginsDirectory;

  private ProviderRegistry(
      List<FoundProvider> found, List<ProviderListing> broken, Optional<Path> pluginsDirectory) {
    this.found = List.copyOf(found);
    this.broken = List.copyOf(broken);
    this.pluginsDirectory = pluginsDirectory;
  }

  /**
   * {@return the bundled providers: those of the modules that the host was started with, or of its
   * class path}
   */
  public static ProviderRegistry bundled() {
    return load(Optional.empty());
  }

  /**
   * Finds bundled providers and those of plugin directories, {@code DIRECTORY/NAME/*.jar}. Loads
   * classes, so it may take some 100 ms.
   *
   * @param pluginsDirectory holds a directory for each plugin; need not exist
   * @return all of them
   */
  public static ProviderRegistry load(Path pluginsDirectory) {
    return load(Optional.of(pluginsDirectory));
  }

  /** The same with given providers instead of found ones. */
  static ProviderRegistry of(List<FoundProvider> providers) {
    return new ProviderRegistry(providers, List.of(), Optional.empty());
  }

  private static ProviderRegistry load(Optional<Path> pluginsDirectory) {
    var discovery = new ProviderDiscovery();
    discovery.bundled();
    pluginsDirectory.ifPresent(discovery::dropIns);
    return new ProviderRegistry(discovery.found(), discovery.broken(), pluginsDirectory);
  }

  /**
   * Makes a plugin.
   *
   * @param <T> what is made
   * @param <P> the SPI
   * @param spi the SPI
   * @param type the type that configuration names
   * @param instanceName the name of the instance, the type where there is but one
   * @param settings the values of the provider's settings
   * @param host what is handed to it
   * @return the plugin; the caller closes it
   * @throws ConfigException where there is no such type, it cannot work here, or its settings are
   *     wrong
   * @throws DuplicateProviderException where two providers claim the type
   * @throws RequestException with code INTERNAL where the provider fails in another way
   */
  public <T, P extends Provider<T>> T create(
      Class<P> spi, String type, String instanceName, Settings settings, HostContext host) {
    var chosen =
        find(spi, type).orElseThrow(() -> new ConfigException(List.of(missing(spi, type))));
    @SuppressWarnings("unchecked") // It was found as a service of this SPI.
    var provider = (P) chosen.provider();
    var context = host.forPlugin(instanceName, chosen.loader());
    try {
      T plugin =
          PluginCalls.with(
              chosen.loader(),
              () -> {
                requireAvailable(chosen, provider.availability(context));
                return Objects.requireNonNull(
                    provider.create(settings, context), "the provider made nothing");
              });
      return chosen.dropIn() ? isolated(plugin, chosen) : plugin;
    } catch (SysmonstmException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new RequestException(
          ErrorCode.INTERNAL,
          "%s '%s' of %s could not be made: %s".formatted(Spis.name(spi), type, chosen.module(), e),
          e);
    }
  }

  /**
   * Refuses two providers of one type.
   *
   * @throws DuplicateProviderException naming both modules
   */
  public void check() {
    for (var spi : Spis.ALL) {
      providers(spi).forEach(provider -> find(spi, provider.type()));
    }
  }

  /**
   * {@return all providers and plugin directories, also those that cannot be used, ordered by SPI
   * and type}
   *
   * @param host what providers are asked with whether they can work here
   */
  public List<ProviderListing> list(HostContext host) {
    var lines = new ArrayList<ProviderListing>();
    found.forEach(
        provider ->
            lines.add(
                new ProviderListing(
                    Spis.name(provider.spi()),
                    provider.type(),
                    provider.module(),
                    provider.location(),
                    problem(provider, host))));
    lines.sort(Comparator.comparing(ProviderListing::spi).thenComparing(ProviderListing::type));
    lines.addAll(broken);
    return lines;
  }

  /** {@return the plugin directories and providers that could not be loaded} */
  public List<ProviderListing> broken() {
    return broken;
  }

  List<FoundProvider> providers(Class<? extends Provider<?>> spi) {
    return found.stream().filter(provider -> provider.spi().equals(spi)).toList();
  }

  Optional<FoundProvider> find(Class<? extends Provider<?>> spi, String type) {
    var matching = providers(spi).stream().filter(one -> one.type().equals(type)).toList();
    if (matching.size() > 1) {
      throw new DuplicateProviderException(
          "%s '%s' is claimed by %s: remove one of them"
              .formatted(
                  Spis.name(spi),
                  type,
                  matching.stream()
                      .map(one -> "%s (%s)".formatted(one.module(), one.location()))
                      .collect(Collectors.joining(" and "))));
    }
    return matching.stream().findFirst();
  }

  /** The message for a type that is not there: what is there, and what would help. */
  String missing(Class<? extends Provider<?>> spi, String type) {
    var types = providers(spi).stream().map(FoundProvider::type).sorted().toList();
    var message =
        new StringBuilder(
            "there is no %s '%s': expected %s%s"
                .formatted(
                    Spis.name(spi),
                    Names.shown(type),
                    types.isEmpty() ? "a plugin, but there is none" : String.join(" or ", types),
                    NearestKey.hint(type, types)));
    pluginsDirectory.ifPresent(
        directory ->
            message.append("; a plugin that brings it goes to %s/NAME/*.jar".formatted(directory)));
    if (!broken.isEmpty()) {
      message.append(
          broken.stream()
              .map(one -> "%s (%s)".formatted(one.location(), one.problem().orElse("")))
              .collect(Collectors.joining(", ", "; could not be loaded: ", "")));
    }
    return message.toString();
  }

  @SuppressWarnings("unchecked") // The proxy implements every SPI interface that the plugin does.
  private static <T> T isolated(T plugin, FoundProvider provider) {
    return (T) PluginCalls.isolated(plugin, provider.loader());
  }

  private static void requireAvailable(FoundProvider provider, Availability availability) {
    availability
        .problem()
        .ifPresent(
            problem -> {
              throw new ConfigException(
                  List.of(
                      "%s '%s' of %s cannot work here: %s"
                          .formatted(
                              Spis.name(provider.spi()),
                              provider.type(),
                              provider.module(),
                              problem)));
            });
  }

  private Optional<String> problem(FoundProvider provider, HostContext host) {
    try {
      find(provider.spi(), provider.type());
      return PluginCalls.with(
          provider.loader(),
          () ->
              provider
                  .provider()
                  .availability(host.forPlugin(provider.type(), provider.loader()))
                  .problem());
    } catch (RuntimeException | LinkageError e) {
      return Optional.of(
          e instanceof SysmonstmException ? String.valueOf(e.getMessage()) : e.toString());
    }
  }
}
