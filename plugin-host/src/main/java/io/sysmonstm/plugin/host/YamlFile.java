package io.sysmonstm.plugin.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.Names;
import io.sysmonstm.plugin.host.Given.Form;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * A configuration file, flattened to dotted keys. Works on the nodes, not on Java objects, so that
 * a value stays the text that was written and every message can name its line.
 */
final class YamlFile {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_DEPTH = 16;
  private static final int MAX_VALUES = 10_000;
  private static final int MAX_ALIASES = 50;

  private final Path file;
  private final Map<String, Given> values = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private boolean tooMany;

  private YamlFile(Path file) {
    this.file = file;
  }

  /** The file that was not given. */
  static YamlFile none() {
    return new YamlFile(Path.of(""));
  }

  static YamlFile read(Path path) {
    var file = new YamlFile(path);
    file.read();
    return file;
  }

  /** What the file gives, by dotted key, in its order. */
  Map<String, Given> values() {
    return values;
  }

  List<String> problems() {
    return problems;
  }

  private void read() {
    try {
      if (Files.size(file) > MAX_BYTES) {
        problems.add("file %s: larger than %d bytes".formatted(file, MAX_BYTES));
        return;
      }
      var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file)));
      compose(text.toString());
    } catch (IOException e) {
      problems.add(
          "file %s: cannot be read (%s): expected a YAML file in UTF-8"
              .formatted(file, Masking.reason(e)));
    }
  }

  private void compose(String text) {
    var settings = LoadSettings.builder().setMaxAliasesForCollections(MAX_ALIASES).build();
    try {
      var parser = new ParserImpl(settings, new StreamReader(settings, text));
      new Composer(settings, parser).getSingleNode().ifPresent(root -> flatten("", root, 0));
    } catch (MarkedYamlEngineException e) {
      // The message of the exception quotes the line, which may hold a secret.
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      problems.add("file %s:%d: not YAML: %s".formatted(file, line, e.getProblem()));
    } catch (YamlEngineException e) {
      problems.add(
          "file %s: not YAML: %s".formatted(file, Names.shown(String.valueOf(e.getMessage()))));
    }
  }

  private void flatten(String key, Node node, int depth) {
    if (depth > MAX_DEPTH) {
      problems.add("%s: %s is nested too deeply".formatted(source(node), key));
      return;
    }
    if (key.isEmpty() && !(node instanceof MappingNode)) {
      if (!(node instanceof ScalarNode scalar) || !isNull(scalar)) {
        problems.add("%s: expected keys and values".formatted(source(node)));
      }
      return;
    }
    switch (node) {
      case MappingNode map -> flattenMap(key, map, depth);
      case SequenceNode list -> flattenList(key, list);
      case ScalarNode scalar -> flattenScalar(key, scalar);
      default -> problems.add("%s: %s is not understood".formatted(source(node), key));
    }
  }

  private void flattenMap(String prefix, MappingNode map, int depth) {
    if (map.getValue().isEmpty() && !prefix.isEmpty()) {
      put(prefix, "", Form.EMPTY, map);
    }
    for (var entry : map.getValue()) {
      if (tooMany) {
        return;
      }
      var keyNode = entry.getKeyNode();
      if (keyNode instanceof ScalarNode name && !name.getValue().isBlank()) {
        var key = prefix.isEmpty() ? name.getValue() : prefix + "." + name.getValue();
        flatten(key, entry.getValueNode(), depth + 1);
      } else {
        problems.add("%s: a key must be a text".formatted(source(keyNode)));
      }
    }
  }

  private void flattenList(String key, SequenceNode list) {
    var items = new ArrayList<String>();
    for (var item : list.getValue()) {
      if (!(item instanceof ScalarNode scalar) || scalar.getValue().indexOf(',') >= 0) {
        problems.add(
            "%s: %s holds something else than texts without commas: expected a plain list"
                .formatted(source(item), Names.shown(key)));
        return;
      }
      items.add(scalar.getValue());
    }
    put(key, String.join(",", items), Form.LIST, list);
  }

  private void flattenScalar(String key, ScalarNode scalar) {
    put(key, scalar.getValue(), isNull(scalar) ? Form.EMPTY : Form.TEXT, scalar);
  }

  private void put(String key, String text, Form form, Node node) {
    if (values.size() >= MAX_VALUES) {
      tooMany = true;
      problems.add("file %s: more than %d values".formatted(file, MAX_VALUES));
      return;
    }
    var earlier = values.putIfAbsent(key, new Given(text, form, source(node)));
    if (earlier != null) {
      problems.add(
          "%s: %s is given twice, first in %s"
              .formatted(source(node), Names.shown(key), earlier.source()));
    }
  }

  private String source(Node node) {
    return node.getStartMark()
        .map(mark -> "file %s:%d".formatted(file, mark.getLine() + 1))
        .orElse("file " + file);
  }

  private static boolean isNull(ScalarNode scalar) {
    return scalar.isPlain()
        && switch (scalar.getValue()) {
          case "", "~", "null", "Null", "NULL" -> true;
          default -> false;
        };
  }
}
