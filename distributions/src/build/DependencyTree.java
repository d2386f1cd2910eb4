import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which artifacts need which, as {@code dependency:tree} writes it with all repetitions, in the form of Graphviz. */
final class DependencyTree {
  /** {@code "group:name:jar:version…" -> "(group:name:jar:version… - omitted for duplicate)"}. */
  private static final Pattern EDGE =
      Pattern.compile("\"\\(?[^:\"]+:([^:\"]+):[^\"]*\" -> \"\\(?[^:\"]+:([^:\"]+):[^\"]*\"");

  private final Map<String, Set<String>> needed = new HashMap<>();
  private final List<Path> jars;

  DependencyTree(Path tree, List<Path> jars) throws IOException {
    this.jars = jars;
    for (var line : Files.readAllLines(tree)) {
      var edge = EDGE.matcher(line);
      if (edge.find()) {
        needed.computeIfAbsent(edge.group(1), _ -> new TreeSet<>()).add(edge.group(2));
      }
    }
  }

  /** Returns the jars of some artifacts and of all that they need. */
  List<Path> jarsOf(Collection<String> artifacts) {
    var found = new TreeSet<String>();
    var pending = new ArrayDeque<>(artifacts);
    while (!pending.isEmpty()) {
      var artifact = pending.pop();
      if (found.add(artifact)) {
        pending.addAll(needed.getOrDefault(artifact, Set.of()));
      }
    }
    for (var artifact : artifacts) {
      if (jars.stream().noneMatch(jar -> isOf(artifact, jar))) {
        throw new IllegalStateException("images.properties names " + artifact + ", which the build does not have");
      }
    }
    return jars.stream().filter(jar -> found.stream().anyMatch(artifact -> isOf(artifact, jar))).toList();
  }

  private static boolean isOf(String artifact, Path jar) {
    return jar.getFileName().toString().matches(Pattern.quote(artifact) + "-\\d[^/]*\\.jar");
  }
}
