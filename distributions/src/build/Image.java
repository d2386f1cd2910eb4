import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One image: a runtime linked from the JDK's modules and every jar that jlink can take, the other jars on the module
 * path beside it, and the launch script.
 */
final class Image {
  private final Map<String, ModuleReference> modules = new TreeMap<>();
  private final Set<String> linked;
  private final Path directory;

  Image(Path directory, Collection<Path> jars) {
    this.directory = directory;
    for (var module : ModuleFinder.of(jars.toArray(Path[]::new)).findAll()) {
      modules.put(module.descriptor().name(), module);
    }
    requireAllThatIsRequired();
    linked = linkable();
  }

  private void requireAllThatIsRequired() {
    for (var module : modules.values()) {
      for (var required : module.descriptor().requires()) {
        if (!required.modifiers().contains(Requires.Modifier.STATIC)
            && !modules.containsKey(required.name())
            && ModuleFinder.ofSystem().find(required.name()).isEmpty()) {
          throw new IllegalStateException(
              "%s lacks %s, which %s requires"
                  .formatted(directory.getFileName(), required.name(), module.descriptor().name()));
        }
      }
    }
  }

  Path directory() {
    return directory;
  }

  void assemble(List<String> jdkModules, Path sources, Map<String, List<String>> flags)
      throws IOException, InterruptedException {
    deleteTree(directory);
    Files.createDirectories(directory.resolve("lib/modules"));
    link(jdkModules);
    copyUnlinked();
    copySources(sources, flags);
  }

  /** Says that it is whole, which the launch script of the checkout looks for. */
  void finish() throws IOException {
    System.out.printf(
        "  image: %s, %d modules linked, %d beside them, %d MB%n",
        directory.getFileName(), linked.size(), modules.size() - linked.size(), size(directory) >> 20);
    Files.createFile(directory.resolve("lib/built"));
  }

  /** jlink refuses automatic modules, and so everything that requires one, directly or not. */
  private Set<String> linkable() {
    var linkable = new TreeSet<String>();
    modules.forEach(
        (name, module) -> {
          if (!module.descriptor().isAutomatic()) {
            linkable.add(name);
          }
        });
    while (linkable.removeIf(name -> !requirementsAreIn(linkable, name))) {
      // One removal can make others impossible.
    }
    return linkable;
  }

  private boolean requirementsAreIn(Set<String> linkable, String name) {
    return modules.get(name).descriptor().requires().stream()
        .filter(required -> !required.modifiers().contains(Requires.Modifier.STATIC))
        .map(Requires::name)
        .allMatch(
            required -> linkable.contains(required) || ModuleFinder.ofSystem().find(required).isPresent());
  }

  // In a process of its own: several that run in one JVM share their options.
  private void link(List<String> jdkModules) throws IOException, InterruptedException {
    var path =
        linked.stream()
            .map(name -> Path.of(modules.get(name).location().orElseThrow()).toString())
            .collect(Collectors.joining(File.pathSeparator));
    var roots = Stream.concat(linked.stream(), jdkModules.stream()).collect(Collectors.joining(","));
    int status =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
                "--module-path", path,
                // Bouncy Castle's jars are signed; the runtime's own file cannot be.
                "--ignore-signing-information",
                "--add-modules", roots,
                "--output", directory.resolve("runtime").toString(),
                "--compress", "zip-6",
                "--no-header-files",
                "--no-man-pages")
            .inheritIO()
            .start()
            .waitFor();
    if (status != 0) {
      throw new IllegalStateException("jlink ended with " + status);
    }
  }

  private void copyUnlinked() throws IOException {
    for (var module : modules.entrySet()) {
      if (!linked.contains(module.getKey())) {
        var jar = Path.of(module.getValue().location().orElseThrow());
        Files.copy(jar, directory.resolve("lib/modules").resolve(jar.getFileName()));
      }
    }
  }

  /** Copies the launch script and its like, with the flags of the JVM that name modules. */
  private void copySources(Path sources, Map<String, List<String>> flags) throws IOException {
    var text =
        flags.entrySet().stream()
            .map(flag -> Map.entry(flag.getKey(), flag.getValue().stream().filter(modules::containsKey).toList()))
            .filter(flag -> !flag.getValue().isEmpty())
            .map(flag -> flag.getKey() + "=" + String.join(",", flag.getValue()))
            .sorted()
            .collect(Collectors.joining(" "));
    try (var files = Files.walk(sources)) {
      for (var source : files.filter(Files::isRegularFile).toList()) {
        var target = directory.resolve(sources.relativize(source).toString());
        Files.createDirectories(target.getParent());
        Files.writeString(target, Files.readString(source).replace("@MODULE_FLAGS@", text));
        target.toFile().setExecutable(Files.isExecutable(source), false);
      }
    }
  }

  private static long size(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (var files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
