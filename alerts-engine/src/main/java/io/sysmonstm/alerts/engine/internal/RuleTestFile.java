package io.sysmonstm.alerts.engine.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Durations;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.RuleFormat;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A file with tests of rules. The first thing in it that is wrong is told, with the place where it
 * is; a key that is not known is wrong.
 *
 * @param rules the rules under test
 * @param tests the tests
 */
public record RuleTestFile(List<Rule> rules, List<RuleTest> tests) {
  private static final Duration USUAL_INTERVAL = Duration.ofSeconds(5);

  /**
   * Reads a file.
   *
   * @param file its name, for messages
   * @param content its bytes
   * @param rulesFiles reads a rules file that it names
   * @return rules and tests
   * @throws ConfigException where it is not as it should be
   */
  public static RuleTestFile parse(
      String file, ByteBuffer content, Function<String, List<Rule>> rulesFiles) {
    try {
      if (content.remaining() > YamlRules.MAX_BYTES) {
        throw wrong("larger than %d bytes".formatted(YamlRules.MAX_BYTES));
      }
      var root =
          new Load(YamlRules.settings(file)).loadFromString(UTF_8.decode(content).toString());
      return read(map(root, "the file", Set.of("rules", "tests")), rulesFiles);
    } catch (YamlEngineException malformed) {
      throw new ConfigException(
          List.of(
              "%s: not YAML: %s"
                  .formatted(file, Names.shown(String.valueOf(malformed.getMessage())))));
    } catch (IllegalArgumentException wrong) {
      throw new ConfigException(List.of("%s: %s".formatted(file, wrong.getMessage())));
    }
  }

  private static RuleTestFile read(Map<?, ?> root, Function<String, List<Rule>> rulesFiles) {
    var rules =
        root.get("rules") instanceof String name
            ? rulesFiles.apply(name)
            : rules(root.get("rules"));
    var tests = new ArrayList<RuleTest>();
    for (var test : list(root.get("tests"), "tests")) {
      tests.add(test(test, tests.size() + 1));
    }
    return new RuleTestFile(rules, tests);
  }

  private static List<Rule> rules(@Nullable Object value) {
    var rules = new ArrayList<Rule>();
    var names = new HashSet<String>();
    for (var one : list(value, "rules")) {
      if (!(one instanceof Map<?, ?> keys)) {
        throw wrong("rules has %s: expected name: and more".formatted(shown(one)));
      }
      var rule = RuleFormat.read(keys, Rule.Origin.FILE);
      if (!names.add(rule.name())) {
        throw wrong("rule %s is there twice".formatted(rule.name()));
      }
      rules.add(rule);
    }
    return rules;
  }

  private static RuleTest test(@Nullable Object value, int number) {
    var keys = map(value, "test " + number, Set.of("name", "interval", "series", "alerts"));
    var name = keys.containsKey("name") ? text(keys, "name", "test") : Integer.toString(number);
    var interval =
        keys.containsKey("interval")
            ? duration(keys.get("interval"), "interval of test " + name)
            : USUAL_INTERVAL;
    if (interval.isZero()) {
      throw wrong("interval of test %s is no time at all".formatted(name));
    }
    var series = new ArrayList<RuleTest.Input>();
    for (var one : list(keys.get("series"), "series of test " + name)) {
      series.add(input(one, "series %d of test %s".formatted(series.size() + 1, name), interval));
    }
    var expected = new ArrayList<RuleTest.Expected>();
    for (var one : list(keys.get("alerts"), "alerts of test " + name)) {
      expected.add(expected(one, "alerts of test " + name));
    }
    return new RuleTest(name, interval, series, expected);
  }

  private static RuleTest.Input input(@Nullable Object value, String where, Duration interval) {
    var keys =
        map(value, where, Set.of("machine", "tags", "metric", "labels", "values", "samples"));
    if (keys.containsKey("values") == keys.containsKey("samples")) {
      throw wrong("%s: expected values or samples".formatted(where));
    }
    var points =
        keys.containsKey("values")
            ? SampleSeries.of(text(keys, "values", where), interval)
            : SampleSeries.of(list(keys.get("samples"), where));
    return new RuleTest.Input(
        keys.containsKey("machine") ? text(keys, "machine", where) : RuleTest.USUAL_MACHINE,
        texts(keys.get("tags"), where),
        text(keys, "metric", where),
        Labels.of(texts(keys.get("labels"), where)),
        points);
  }

  private static RuleTest.Expected expected(@Nullable Object value, String where) {
    var keys = map(value, where, Set.of("at", "firing"));
    var firing = new ArrayList<RuleTest.Firing>();
    for (var one : list(keys.get("firing"), "firing in " + where)) {
      firing.add(firing(one, where));
    }
    return new RuleTest.Expected(duration(keys.get("at"), "at in " + where), firing);
  }

  private static RuleTest.Firing firing(@Nullable Object value, String where) {
    if (value instanceof String rule) {
      return new RuleTest.Firing(rule, Optional.empty(), Optional.empty(), Optional.empty());
    }
    var keys = map(value, where, Set.of("rule", "machine", "labels", "message"));
    return new RuleTest.Firing(
        text(keys, "rule", where),
        Optional.ofNullable(keys.get("machine")).map(Object::toString),
        keys.containsKey("labels")
            ? Optional.of(Labels.of(texts(keys.get("labels"), where)))
            : Optional.empty(),
        Optional.ofNullable(keys.get("message")).map(Object::toString));
  }

  private static Map<?, ?> map(@Nullable Object value, String where, Set<String> known) {
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong("%s is %s: expected keys and values".formatted(where, shown(value)));
    }
    for (var key : map.keySet()) {
      if (!known.contains(String.valueOf(key))) {
        throw wrong(
            "%s has %s: expected one of %s"
                .formatted(where, shown(key), String.join(", ", known.stream().sorted().toList())));
      }
    }
    return map;
  }

  private static List<?> list(@Nullable Object value, String where) {
    if (!(value instanceof List<?> list)) {
      throw wrong("%s is %s: expected a list".formatted(where, shown(value)));
    }
    return list;
  }

  private static Map<String, String> texts(@Nullable Object value, String where) {
    var texts = new LinkedHashMap<String, String>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, text) -> texts.put(String.valueOf(key), String.valueOf(text)));
    } else if (value != null) {
      throw wrong("%s has %s: expected names and texts".formatted(where, shown(value)));
    }
    return texts;
  }

  private static String text(Map<?, ?> keys, String key, String where) {
    var value = keys.get(key);
    if (value == null || value instanceof Map || value instanceof List) {
      throw wrong("%s: %s is %s: expected a text".formatted(where, key, shown(value)));
    }
    return value.toString();
  }

  static Duration duration(@Nullable Object value, String where) {
    return Durations.parse(String.valueOf(value))
        .filter(duration -> duration.compareTo(RuleTest.LONGEST) <= 0)
        .orElseThrow(
            () ->
                wrong(
                    "%s is %s: expected a duration up to 31d, such as 5m"
                        .formatted(where, shown(value))));
  }

  static IllegalArgumentException wrong(String message) {
    return new IllegalArgumentException(message);
  }

  private static String shown(@Nullable Object value) {
    return value == null ? "missing" : "'" + Names.shown(value.toString()) + "'";
  }
}
