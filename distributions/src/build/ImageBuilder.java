import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Assembles the images: the standalone, which can run every role, as {@code OUTPUT/sysmonstm}, and one for each role as
 * {@code OUTPUT/sysmonstm-ROLE}; then trains all of them together, since that is mostly waiting. Run by the build as a
 * source file: {@code java ImageBuilder.java DEPENDENCY_TREE JAR_LIST APPLICATION_JAR IMAGE_SOURCES IMAGES OUTPUT
 * SBOM}, with Jackson on the class path.
 */
final class ImageBuilder {
  private static final List<String> ROLES = List.of("standalone", "collector", "aggregator", "alerts", "gateway", "edge");

  private final Properties properties = new Properties();

  private ImageBuilder(Path images) throws IOException {
    try (var reader = Files.newBufferedReader(images)) {
      properties.load(reader);
    }
  }

  public static void main(String[] args) throws Exception {
    var application = Path.of(args[2]);
    var sources = Path.of(args[3]);
    var output = Path.of(args[5]);
    var jars = Stream.of(Files.readString(Path.of(args[1])).strip().split(File.pathSeparator)).map(Path::of).toList();
    var tree = new DependencyTree(Path.of(args[0]), jars);
    var builder = new ImageBuilder(Path.of(args[4]));
    var bill = new BillOfMaterials(Path.of(args[6]));
    var images = new ConcurrentHashMap<String, Image>();
    // All at once: linking is slow, and uses one core.
    try (var assembling = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      var assembled = new ArrayList<Future<?>>();
      for (var role : ROLES) {
        assembled.add(
            assembling.submit(
                () -> {
                  var chosen = new ArrayList<>(tree.jarsOf(builder.artifacts(role)));
                  chosen.add(application);
                  var image =
                      new Image(output.resolve(role.equals("standalone") ? "sysmonstm" : "sysmonstm-" + role), chosen);
                  var flags =
                      Map.of(
                          "--add-modules", builder.list("role.modules"),
                          "--enable-native-access", builder.list(builder.ownKey(role, "native.modules")));
                  image.assemble(builder.list("jdk.modules"), sources, flags);
                  bill.write(chosen, image.directory().resolve("lib/sbom.json"));
                  return images.put(role, image);
                }));
      }
      for (var one : assembled) {
        one.get();
      }
    }
    new AotTraining(images).run();
    for (var image : images.values()) {
      image.finish();
    }
  }

  private List<String> artifacts(String role) {
    var artifacts = new ArrayList<>(list("every"));
    for (var artifact : list(role)) {
      var other = artifact.startsWith("${") ? list(artifact.substring(2, artifact.length() - 1)) : List.of(artifact);
      other.stream().filter(one -> !artifacts.contains(one)).forEach(artifacts::add);
    }
    return artifacts;
  }

  /** The key of a role's own list, where it has one, or else of that for all. */
  private String ownKey(String role, String key) {
    var own = role + "." + key;
    return properties.containsKey(own) ? own : key;
  }

  private List<String> list(String key) {
    var value = properties.getProperty(key);
    if (value == null) {
      throw new IllegalStateException("images.properties lacks " + key);
    }
    return List.of(value.strip().split("\\s+"));
  }
}
