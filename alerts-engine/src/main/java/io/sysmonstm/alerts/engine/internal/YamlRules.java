package io.sysmonstm.alerts.engine.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.RuleFormat;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads rules from YAML and finds every problem at once, each with its line. Works on the parsed
 * nodes, which know their lines, and looks into them no deeper than a rule goes, so that aliases
 * cannot multiply.
 */
public final class YamlRules {
  /** The greatest size of a file in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  private static final int MAX_DEPTH = 16;

  private final String file;
  private final LoadSettings settings;
  private final StandardConstructor scalars;
  private final List<String> problems = new ArrayList<>();
  private final List<Rule> rules = new ArrayList<>();
  private final Map<String, Integer> lineByName = new HashMap<>();

  private YamlRules(String file) {
    this.file = file;
    this.settings = settings(file);
    this.scalars = new StandardConstructor(settings);
  }

  /** How files are read, of rules or of tests of them. */
  static LoadSettings settings(String file) {
    return LoadSettings.builder()
        .setLabel(file)
        .setSchema(new CoreSchema())
        .setCodePointLimit(MAX_BYTES)
        .build();
  }

  /**
   * Reads rules.
   *
   * @param file the name of the file, for messages
   * @param content its bytes; left as it is
   * @return the rules in the order of the file
   * @throws ConfigException with every problem, each naming file, line, rule and value
   */
  public static List<Rule> parse(String file, ByteBuffer content) {
    var reader = new YamlRules(file);
    reader.read(content);
    if (!reader.problems.isEmpty()) {
      throw new ConfigException(reader.problems);
    }
    return List.copyOf(reader.rules);
  }

  private void read(ByteBuffer content) {
    if (content.remaining() > MAX_BYTES) {
      problems.add("%s: larger than %d bytes, the most that is read".formatted(file, MAX_BYTES));
      return;
    }
    try {
      var text = UTF_8.newDecoder().decode(content.duplicate()).toString();
      checkDepth(text);
      new Composer(settings, parser(text))
          .getSingleNode()
          .ifPresentOrElse(this::readRoot, () -> problems.add(file + ": empty: expected rules:"));
    } catch (CharacterCodingException notText) {
      problems.add(file + ": not text in UTF-8");
    } catch (MarkedYamlEngineException malformed) {
      var mark = malformed.getProblemMark().or(malformed::getContextMark);
      problem(mark, "not YAML: " + Names.shown(String.valueOf(malformed.getProblem())));
    } catch (YamlEngineException malformed) {
      problems.add(
          "%s: not YAML: %s".formatted(file, Names.shown(String.valueOf(malformed.getMessage()))));
    }
  }

  // The composer calls itself for each level; the parser does not, so that it can look first.
  private void checkDepth(String text) {
    int depth = 0;
    var parser = parser(text);
    while (parser.hasNext()) {
      var event = parser.next();
      if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
        throw new YamlEngineException("more than " + MAX_DEPTH + " levels");
      } else if (event instanceof CollectionEndEvent) {
        depth--;
      }
    }
  }

  private Parser parser(String text) {
    return new ParserImpl(settings, new StreamReader(settings, text));
  }

  private void readRoot(Node root) {
    if (!(root instanceof MappingNode mapping)) {
      problem(root, "expected rules: and a list of rules");
      return;
    }
    boolean found = false;
    for (var entry : mapping.getValue()) {
      var key = text(entry.getKeyNode());
      if (!"rules".equals(key)) {
        problem(entry.getKeyNode(), "%s is not known: expected rules".formatted(Names.shown(key)));
      } else if (found) {
        problem(entry.getKeyNode(), "rules is given twice");
      } else if (entry.getValueNode() instanceof SequenceNode list) {
        found = true;
        list.getValue().forEach(this::readRule);
      } else {
        found = true;
        problem(entry.getValueNode(), "rules is not a list: expected - name: … for each rule");
      }
    }
    if (!found) {
      problem(root, "rules is missing: expected rules: and a list of rules");
    }
  }

  private void readRule(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      problem(node, "'%s' is not a rule: expected name: and more".formatted(text(node)));
      return;
    }
    var keys = new LinkedHashMap<String, @Nullable Object>();
    var nodes = new HashMap<String, Node>();
    int before = problems.size();
    for (var entry : mapping.getValue()) {
      readKey(entry, keys, nodes);
    }
    var name = String.valueOf(keys.get("name"));
    try {
      var rule = RuleFormat.read(keys, Rule.Origin.FILE);
      rule.message()
          .flatMap(MessageTemplate::problem)
          .ifPresent(
              wrong ->
                  problem(
                      nodes.getOrDefault("message", node),
                      "rule %s: message %s".formatted(rule.name(), Names.shown(wrong))));
      int line = line(node.getStartMark());
      var earlier = lineByName.putIfAbsent(rule.name(), line);
      if (earlier != null) {
        problem(
            nodes.getOrDefault("name", node),
            "rule %s: name is used already, in line %d: expected a unique one"
                .formatted(rule.name(), earlier));
      } else if (problems.size() == before) {
        rules.add(rule);
      }
    } catch (ConfigException wrong) {
      for (var text : wrong.problems()) {
        problem(nodeOf(text, name, nodes).orElse(node), text);
      }
    }
  }

  private void readKey(
      NodeTuple entry, Map<String, @Nullable Object> keys, Map<String, Node> nodes) {
    var key = text(entry.getKeyNode());
    var rule = "rule " + Names.shown(String.valueOf(keys.getOrDefault("name", "(without a name)")));
    if (keys.containsKey(key)) {
      problem(entry.getKeyNode(), "%s: %s is given twice".formatted(rule, Names.shown(key)));
      return;
    }
    nodes.put(key, entry.getKeyNode());
    var value = value(entry.getValueNode());
    keys.put(key, value);
    if (value == null) {
      problem(
          entry.getKeyNode(),
          "%s: %s is empty: expected a value, or leave it out".formatted(rule, Names.shown(key)));
    }
  }

  /** The key that a problem of the rule's format is about: it says so after the rule's name. */
  private static Optional<Node> nodeOf(String problem, String rule, Map<String, Node> nodes) {
    return nodes.entrySet().stream()
        .filter(key -> problem.startsWith("rule %s: %s ".formatted(rule, key.getKey())))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /**
   * A scalar as a plain value, a mapping of scalars as a map; what lies deeper is of no use to a
   * rule.
   */
  private @Nullable Object value(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      return scalar(node);
    }
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (var entry : mapping.getValue()) {
      var key = text(entry.getKeyNode());
      if (map.containsKey(key)) {
        problem(entry.getKeyNode(), Names.shown(key) + " is given twice");
      }
      map.put(key, scalar(entry.getValueNode()));
    }
    return map;
  }

  private @Nullable Object scalar(Node node) {
    if (!(node instanceof ScalarNode)) {
      return node instanceof SequenceNode ? List.of("a list") : List.of("keys and values");
    }
    return scalars.constructSingleDocument(Optional.of(node));
  }

  private static String text(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "(not a text)";
  }

  private void problem(Node node, String what) {
    problem(node.getStartMark(), what);
  }

  private void problem(Optional<Mark> mark, String what) {
    problems.add("%s line %d: %s".formatted(file, line(mark), what));
  }

  private static int line(Optional<Mark> mark) {
    return mark.map(Mark::getLine).orElse(0) + 1;
  }
}
