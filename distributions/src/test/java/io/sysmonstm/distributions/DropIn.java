package io.sysmonstm.distributions;

import io.sysmonstm.api.Names;
import io.sysmonstm.spi.Provider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * Compiles and packs modules as the author of a plugin would, against the artifacts of the API and
 * the SPI.
 */
final class DropIn {
  private DropIn() {}

  /**
   * Makes a jar.
   *
   * @param jar where to
   * @param work an empty directory
   * @param sources by path, {@code module-info.java} among them
   * @param modules jars that the module requires
   */
  static void build(Path jar, Path work, Map<String, String> sources, Path... modules) {
    try {
      var files = new ArrayList<String>();
      for (var source : sources.entrySet()) {
        var file = work.resolve("src").resolve(source.getKey());
        Files.createDirectories(file.getParent());
        files.add(Files.writeString(file, source.getValue()).toString());
      }
      var path =
          Stream.concat(
                  Stream.of(Names.class, Provider.class, NullMarked.class).map(DropIn::location),
                  Arrays.stream(modules))
              .map(Path::toString)
              .collect(Collectors.joining(System.getProperty("path.separator")));
      var classes = work.resolve("classes").toString();
      var arguments =
          new ArrayList<>(List.of("-d", classes, "-proc:none", "-Xlint:none", "-p", path));
      arguments.addAll(files);
      run("javac", arguments);
      Files.createDirectories(jar.getParent());
      run("jar", List.of("--create", "--file", jar.toString(), "-C", classes, "."));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(String tool, List<String> arguments) {
    int status =
        ToolProvider.findFirst(tool)
            .orElseThrow()
            .run(System.out, System.err, arguments.toArray(String[]::new));
    if (status != 0) {
      throw new AssertionError(tool + " ended with " + status);
    }
  }

  private static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
