package io.sysmonstm.plugin.host;

import io.sysmonstm.api.Names;
import io.sysmonstm.spi.Provider;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** Compiles sources to jars, as the author of a plugin would. */
final class PluginJars {
  private final Path work;
  private int count;

  PluginJars(Path work) {
    this.work = work;
  }

  /**
   * A jar of sources by path, against the SPI and other jars; files that are no sources are packed
   * as they are.
   */
  void build(Path jar, Map<String, String> files, Map<String, String> manifest, Path... modules)
      throws IOException {
    var directory = Files.createDirectories(work.resolve("build" + count++));
    var sources = Files.createDirectories(directory.resolve("src"));
    var classes = Files.createDirectories(directory.resolve("classes"));
    var toCompile = new ArrayList<String>();
    for (var file : files.entrySet()) {
      boolean source = file.getKey().endsWith(".java");
      var target = (source ? sources : classes).resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.writeString(target, file.getValue());
      if (source) {
        toCompile.add(target.toString());
      }
    }
    compile(toCompile, classes, files.containsKey("module-info.java"), modules);
    pack(classes, jar, manifest);
  }

  private static void compile(
      List<String> sources, Path classes, boolean modular, Path... modules) {
    if (sources.isEmpty()) {
      return;
    }
    var path =
        Stream.concat(
                Stream.of(
                    FoundProvider.location(Names.class), FoundProvider.location(Provider.class)),
                Stream.concat(jspecify(), Arrays.stream(modules).map(Path::toString)))
            .reduce((left, right) -> left + File.pathSeparator + right)
            .orElseThrow();
    var arguments = new ArrayList<String>();
    arguments.addAll(List.of("-d", classes.toString(), "-proc:none", "-Xlint:none"));
    arguments.addAll(List.of(modular ? "--module-path" : "--class-path", path));
    arguments.addAll(sources);
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(System.out, System.err, arguments.toArray(String[]::new));
    if (status != 0) {
      throw new AssertionError("the sources of a test do not compile: " + sources);
    }
  }

  /** The SPI names it in its module-info, so that javac wants it; nothing does at run time. */
  private static Stream<String> jspecify() {
    return Stream.of("java.class.path", "jdk.module.path")
        .map(name -> System.getProperty(name, ""))
        .flatMap(path -> Stream.of(path.split(File.pathSeparator, -1)))
        .filter(entry -> entry.contains("jspecify-"));
  }

  private static void pack(Path classes, Path jar, Map<String, String> attributes)
      throws IOException {
    Files.createDirectories(jar.getParent());
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.forEach(
        (name, value) -> manifest.getMainAttributes().put(new Attributes.Name(name), value));
    try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        var files = Files.walk(classes)) {
      for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        out.write(Files.readAllBytes(file));
        out.closeEntry();
      }
    }
  }
}
