package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.Provider;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.module.ResolutionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One directory of jars as a layer of modules of its own, above the layer of the host.
 *
 * <p>The SPI, and what it requires for all its readers, always comes from the host, also where the
 * directory holds a copy of it; else plugin and host would not mean the same types. Everything else
 * comes from the directory first, so that a plugin has its own version of a library that the host
 * or another plugin has too. That cannot be resolved where a jar without module descriptor reads
 * both versions; then the modules that the host has are taken from the host.
 *
 * @param name the name of the directory
 * @param directory the directory
 * @param layer its modules, empty where they could not be loaded
 * @param problem why not
 */
record PluginLayer(
    String name, Path directory, Optional<ModuleLayer> layer, Optional<String> problem) {
  static PluginLayer load(Path directory) {
    var name = String.valueOf(directory.getFileName());
    try {
      var host = Provider.class.getModule().getLayer();
      if (host == null) {
        return failed(name, directory, "the host itself must run on the module path to load it");
      }
      var jars = jars(directory);
      if (jars.isEmpty()) {
        return failed(name, directory, "the directory holds no jar");
      }
      var problem = jarProblem(jars);
      return problem.isPresent()
          ? failed(name, directory, problem.get())
          : new PluginLayer(name, directory, Optional.of(define(jars, host)), Optional.empty());
    } catch (IOException | RuntimeException | LinkageError e) {
      return failed(name, directory, reason(e));
    }
  }

  private static PluginLayer failed(String name, Path directory, String problem) {
    return new PluginLayer(name, directory, Optional.empty(), Optional.of(problem));
  }

  private static List<Path> jars(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  /**
   * Looks at the jars one by one, since the error of all together often does not say which it was.
   */
  private static Optional<String> jarProblem(List<Path> jars) {
    for (var jar : jars) {
      try {
        ModuleFinder.of(jar).findAll();
        var problem = SpiVersion.problem(jar);
        if (problem.isPresent()) {
          return problem;
        }
      } catch (IOException | FindException e) {
        return Optional.of("%s cannot be read: %s".formatted(jar.getFileName(), reason(e)));
      }
    }
    return Optional.empty();
  }

  private static ModuleLayer define(List<Path> jars, ModuleLayer host) {
    var shared = sharedModules(host);
    var found = ModuleFinder.of(jars.toArray(Path[]::new));
    var own = new Without(found, shared);
    try {
      return define(own, ModuleFinder.of(), host);
    } catch (ResolutionException | LayerInstantiationException ownFirst) {
      try {
        return define(ModuleFinder.of(), own, host);
      } catch (ResolutionException | FindException | LayerInstantiationException hostFirst) {
        hostFirst.addSuppressed(ownFirst);
        throw hostFirst;
      }
    }
  }

  private static ModuleLayer define(ModuleFinder first, ModuleFinder last, ModuleLayer host) {
    var roots = names(first);
    // A root that the host has would be the host's and not part of the new layer.
    names(last).stream().filter(name -> host.findModule(name).isEmpty()).forEach(roots::add);
    Configuration configuration = host.configuration().resolve(first, last, roots);
    return host.defineModulesWithOneLoader(configuration, Provider.class.getClassLoader());
  }

  private static Set<String> names(ModuleFinder finder) {
    return finder.findAll().stream()
        .map(reference -> reference.descriptor().name())
        .collect(Collectors.toCollection(HashSet::new));
  }

  /**
   * The SPI and all that it hands on to its readers: a module may not read two modules of one name.
   */
  private static Set<String> sharedModules(ModuleLayer host) {
    var shared = new HashSet<String>();
    var pending = new ArrayList<>(List.of(Provider.class.getModule().getName()));
    while (!pending.isEmpty()) {
      var name = pending.removeLast();
      if (shared.add(name)) {
        host.findModule(name)
            .map(Module::getDescriptor)
            .ifPresent(descriptor -> pending.addAll(handedOn(descriptor)));
      }
    }
    // One that is optional at run time and not there may well come from the plugin.
    shared.removeIf(name -> host.findModule(name).isEmpty());
    return shared;
  }

  private static List<String> handedOn(ModuleDescriptor descriptor) {
    return descriptor.requires().stream()
        .filter(
            requires ->
                requires.modifiers().contains(ModuleDescriptor.Requires.Modifier.TRANSITIVE))
        .map(ModuleDescriptor.Requires::name)
        .toList();
  }

  private static String reason(Throwable e) {
    var cause = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
    return e.getMessage() == null ? e.getClass().getSimpleName() + cause : e.getMessage() + cause;
  }

  /** A finder without the modules of some names. */
  private record Without(ModuleFinder all, Set<String> hidden) implements ModuleFinder {
    @Override
    public Optional<ModuleReference> find(String name) {
      return hidden.contains(name) ? Optional.empty() : all.find(name);
    }

    @Override
    public Set<ModuleReference> findAll() {
      return all.findAll().stream()
          .filter(reference -> !hidden.contains(reference.descriptor().name()))
          .collect(Collectors.toSet());
    }
  }
}
