import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Assembles a distribution: a runtime linked from the JDK's modules and every jar that jlink can take, the other jars
 * on the module path beside it, the launch script, and AOT caches from a training run. Run by the build as a source
 * file: {@code java ImageBuilder.java
 * JAR_LIST APPLICATION_JAR IMAGE_SOURCES OUTPUT JDK_MODULES NATIVE_MODULES}.
 */
final class ImageBuilder {
  private final Map<String, ModuleReference> modules = new TreeMap<>();
  private final Path output;

  private ImageBuilder(Path[] jars, Path output) {
    this.output = output;
    for (var module : ModuleFinder.of(jars).findAll()) {
      modules.put(module.descriptor().name(), module);
    }
  }

  public static void main(String[] args) throws Exception {
    var output = Path.of(args[3]);
    var jars =
        Stream.concat(
                Stream.of(Files.readString(Path.of(args[0])).strip().split(File.pathSeparator)),
                Stream.of(args[1]))
            .map(Path::of)
            .toArray(Path[]::new);
    var builder = new ImageBuilder(jars, output);
    deleteTree(output);
    Files.createDirectories(output.resolve("lib/modules"));
    var linked = builder.linkable();
    builder.link(linked, List.of(args[4].split(",")));
    builder.copyUnlinked(linked);
    builder.copySources(Path.of(args[2]), args[5]);
    new AotTraining(output).run();
    System.out.printf(
        "  image: %d modules linked, %d beside them, %d MB in %s%n",
        linked.size(), builder.modules.size() - linked.size(), size(output) >> 20, output.getFileName());
    Files.createFile(output.resolve("lib/built"));
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

  private void link(Set<String> linked, List<String> jdkModules) {
    var path =
        linked.stream()
            .map(name -> Path.of(modules.get(name).location().orElseThrow()).toString())
            .collect(Collectors.joining(File.pathSeparator));
    var roots =
        Stream.concat(linked.stream(), jdkModules.stream()).collect(Collectors.joining(","));
    int status =
        ToolProvider.findFirst("jlink")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "--module-path", path,
                "--add-modules", roots,
                "--output", output.resolve("runtime").toString(),
                "--compress", "zip-6",
                "--no-header-files",
                "--no-man-pages");
    if (status != 0) {
      throw new IllegalStateException("jlink ended with " + status);
    }
  }

  private void copyUnlinked(Set<String> linked) throws IOException {
    for (var module : modules.entrySet()) {
      if (!linked.contains(module.getKey())) {
        var jar = Path.of(module.getValue().location().orElseThrow());
        Files.copy(jar, output.resolve("lib/modules").resolve(jar.getFileName()));
      }
    }
  }

  /** Copies the launch script and its like; those that call native code are named for the JVM. */
  private void copySources(Path sources, String nativeModules) throws IOException {
    try (var files = Files.walk(sources)) {
      for (var source : files.filter(Files::isRegularFile).toList()) {
        var target = output.resolve(sources.relativize(source).toString());
        Files.createDirectories(target.getParent());
        Files.writeString(
            target, Files.readString(source).replace("@NATIVE_MODULES@", nativeModules));
        target.toFile().setExecutable(Files.isExecutable(source), false);
      }
    }
  }

  private static long size(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void deleteTree(Path directory) throws IOException {
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
