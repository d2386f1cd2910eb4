package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bill of materials of an image against what is in the image. */
class BillOfMaterialsIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static List<Path> images() throws IOException {
    try (var files = Files.list(RunningImage.directory().resolveSibling("."))) {
      return files
          .map(Path::normalize)
          .filter(image -> Files.exists(image.resolve("lib/built")))
          .toList();
    }
  }

  @ParameterizedTest
  @DisplayName("row 22: the SBOM of an image lists every jar and nothing else")
  @MethodSource("images")
  void listsWhatIsThere(Path image) throws Exception {
    var bill = JSON.readTree(image.resolve("lib/sbom.json").toFile());
    var components = components(bill);

    assertThat(bill.get("bomFormat").asString()).isEqualTo("CycloneDX");
    assertThat(components).containsKey("openjdk");
    var listed = new TreeSet<>(components.keySet());
    listed.remove("openjdk");
    var there = new TreeSet<String>();
    for (var jar : jars(image)) {
      var name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
      there.add(name);
      assertThat(hashes(components.get(name))).as(name).contains(sha256(jar));
    }
    // jlink takes the classes out of jars, so that only their modules are left.
    var linked = linked(image);
    assertThat(listed).containsAll(there);
    listed.removeAll(there);
    assertThat(listed).as("those that are linked").hasSameSizeAs(linked);
  }

  private static Map<String, JsonNode> components(JsonNode bill) {
    var components = new HashMap<String, JsonNode>();
    var all = new ArrayList<JsonNode>();
    bill.get("components").forEach(all::add);
    all.add(bill.get("metadata").get("component"));
    for (var component : all) {
      var name = component.get("name").asString();
      components.put(
          name.equals("openjdk")
              ? name
              : name + "-" + component.get("version").asString() + classifier(component),
          component);
    }
    return components;
  }

  private static String classifier(JsonNode component) {
    var purl = component.get("purl").asString();
    var matched = purl.matches(".*[?&]classifier=[^&]+.*");
    return matched ? purl.replaceFirst(".*[?&]classifier=([^&]+).*", "-$1") : "";
  }

  private static List<String> hashes(JsonNode component) {
    var hashes = new ArrayList<String>();
    component.path("hashes").forEach(hash -> hashes.add(hash.get("content").asString()));
    return hashes;
  }

  private static List<Path> jars(Path image) throws IOException {
    try (var files = Files.list(image.resolve("lib/modules"))) {
      return files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
  }

  /** The modules of the runtime that are not the JDK's. */
  private static Set<String> linked(Path image) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(image.resolve("runtime/bin/java").toString(), "--list-modules").start();
    try (var lines = process.inputReader()) {
      var ofJdk =
          ModuleFinder.ofSystem().findAll().stream()
              .map(module -> module.descriptor().name())
              .collect(Collectors.toSet());
      var linked = new TreeSet<String>();
      lines.lines().map(line -> line.replaceFirst("@.*", "")).forEach(linked::add);
      linked.removeAll(ofJdk);
      assertThat(process.waitFor()).isZero();
      return linked;
    }
  }

  private static String sha256(Path file) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
  }
}
