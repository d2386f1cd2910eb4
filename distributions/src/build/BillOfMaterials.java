import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The CycloneDX bill of materials of all that is delivered, and the share of one image. */
final class BillOfMaterials {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Path all;

  BillOfMaterials(Path all) {
    this.all = all;
  }

  /** Writes what is known of some jars, and the Java runtime; fails where a jar is not known. */
  void write(Collection<Path> jars, Path target) throws IOException {
    var missing = jars.stream().map(jar -> jar.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
    var bill = (ObjectNode) MAPPER.readTree(all.toFile());
    var references = new HashSet<String>();
    var application = (ObjectNode) bill.get("metadata").get("component");
    missing.remove(file(application));
    references.add(application.get("bom-ref").asString());
    var components = MAPPER.createArrayNode();
    for (var component : bill.get("components")) {
      if (missing.remove(file((ObjectNode) component))) {
        components.add(component);
        references.add(component.get("bom-ref").asString());
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalStateException(all.getFileName() + " lacks " + missing);
    }
    components.add(runtime());
    bill.set("components", components);
    bill.set("dependencies", among(references, (ArrayNode) bill.get("dependencies")));
    MAPPER.writerWithDefaultPrettyPrinter().writeValue(target.toFile(), bill);
  }

  private static String file(ObjectNode component) {
    var purl = component.get("purl").asString();
    var classifier = purl.replaceFirst("^[^?]*\\??", "").transform(BillOfMaterials::classifier);
    return component.get("name").asString() + "-" + component.get("version").asString() + classifier + ".jar";
  }

  private static String classifier(String qualifiers) {
    for (var qualifier : qualifiers.split("&")) {
      if (qualifier.startsWith("classifier=")) {
        return "-" + qualifier.substring("classifier=".length());
      }
    }
    return "";
  }

  private static ArrayNode among(Set<String> references, ArrayNode dependencies) {
    var among = MAPPER.createArrayNode();
    for (var dependency : dependencies) {
      if (references.contains(dependency.get("ref").asString())) {
        var one = among.addObject().put("ref", dependency.get("ref").asString());
        var on = one.putArray("dependsOn");
        for (var reference : dependency.path("dependsOn")) {
          if (references.contains(reference.asString())) {
            on.add(reference);
          }
        }
      }
    }
    return among;
  }

  /** The modules of the JDK that builds are what the image's runtime is linked from. */
  private static ObjectNode runtime() {
    var runtime = MAPPER.createObjectNode();
    runtime.put("type", "platform").put("bom-ref", "java-runtime").put("name", "openjdk");
    runtime.put("version", Runtime.version().toString());
    runtime.putObject("supplier").put("name", System.getProperty("java.vendor"));
    return runtime;
  }
}
