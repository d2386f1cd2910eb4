package io.sysmonstm.store.embedded;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Another Java process with the class path of these tests. */
final class OtherProcess {
  private OtherProcess() {}

  /** Starts the main method of a class of these tests. */
  static Process start(Class<?> main, Path directory, String... arguments)
      throws IOException, URISyntaxException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                // A process that is killed leaves the driver's native library behind.
                "-Dorg.sqlite.tmpdir=" + directory,
                "-cp",
                classPath(),
                main.getName(),
                directory.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String classPath() throws URISyntaxException {
    var name = OtherProcess.class.getSimpleName() + ".class";
    var root = Path.of(Objects.requireNonNull(OtherProcess.class.getResource(name)).toURI());
    for (int parts = OtherProcess.class.getName().split("\\.").length; parts > 0; parts--) {
      root = Objects.requireNonNull(root.getParent());
    }
    return String.join(
        File.pathSeparator,
        root.toString(),
        System.getProperty("jdk.module.path", ""),
        System.getProperty("java.class.path", ""));
  }
}
