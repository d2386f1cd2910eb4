package io.sysmonstm.alerts.engine;

import io.sysmonstm.alerts.engine.internal.YamlRules;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.SelfMetrics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * The rules of a YAML file, read again when its content changes, however it was changed. A new
 * version is taken as a whole or not at all: while the file is bad or gone the rules read last stay
 * in force, and {@link #health} says so. Thread-safe.
 */
public final class RulesFile implements RuleSource {
  private static final EventLog LOG = EventLog.of(RulesFile.class);

  /**
   * What was read last, good or bad, and the rules in force. Without content where there was
   * nothing to read.
   */
  private record Version(Optional<ByteBuffer> content, List<Rule> rules, Health health) {}

  private final Path path;
  private final LongAdder failures;
  private volatile Version version;

  private RulesFile(Path path, SelfMetrics metrics, Version version) {
    this.path = path;
    this.version = version;
    this.failures =
        metrics.counter(
            "alerts_rules_refused_total", "Versions of the rules file that were not taken.");
  }

  /**
   * Opens a file and reads its rules.
   *
   * @param path a YAML file of at most 1 MiB
   * @param metrics where refused versions are counted
   * @return the source
   * @throws ConfigException with all problems of the file, each naming line, rule and value
   */
  public static RulesFile open(Path path, SelfMetrics metrics) {
    var content = content(path);
    return new RulesFile(
        path, metrics, new Version(Optional.of(content), parse(path, content), Health.ok()));
  }

  /**
   * Reads the rules of a file once.
   *
   * @param path a YAML file of at most 1 MiB
   * @return its rules, in its order
   * @throws ConfigException with all problems of the file, each naming line, rule and value
   */
  public static List<Rule> read(Path path) {
    return parse(path, content(path));
  }

  /**
   * {@return all problems of a file, each naming line, rule and value; none where it is good}
   *
   * @param path a YAML file of at most 1 MiB
   */
  public static List<String> check(Path path) {
    try {
      read(path);
      return List.of();
    } catch (ConfigException bad) {
      return bad.problems();
    }
  }

  @Override
  public synchronized List<Rule> rules() {
    // Neither its time nor its size tells for sure that a file changed, and it is small.
    var before = version;
    Optional<ByteBuffer> content = Optional.empty();
    try {
      content = Optional.of(content(path));
      if (!content.equals(before.content)) {
        var rules = parse(path, content.get());
        version =
            new Version(content, rules.equals(before.rules) ? before.rules : rules, Health.ok());
        LOG.info("rules_loaded", "The rules file was read", "rules", rules.size());
      }
    } catch (ConfigException bad) {
      if (!content.equals(before.content)) {
        refuse(content, bad);
      }
    }
    return version.rules;
  }

  private void refuse(Optional<ByteBuffer> content, ConfigException bad) {
    failures.increment();
    var first = bad.problems().getFirst();
    int more = bad.problems().size() - 1;
    version =
        new Version(
            content,
            version.rules,
            Health.failing(
                "the rules read last stay in force: "
                    + first
                    + (more == 0 ? "" : " (and %d more)".formatted(more))));
    LOG.error(
        "rules_refused",
        "The rules file is bad; the rules read last stay in force",
        null,
        "problems",
        bad.problems());
  }

  @Override
  public Health health() {
    return version.health;
  }

  private static List<Rule> parse(Path path, ByteBuffer content) {
    return YamlRules.parse(name(path), content);
  }

  /** The bytes of a file, of one that is too large one more than is allowed. */
  static ByteBuffer content(Path path) {
    try (var in = Files.newInputStream(path)) {
      return ByteBuffer.wrap(in.readNBytes(YamlRules.MAX_BYTES + 1));
    } catch (NoSuchFileException gone) {
      throw new ConfigException(List.of(name(path) + ": there is no such file"));
    } catch (IOException unreadable) {
      throw new ConfigException(
          List.of(name(path) + ": cannot be read: " + unreadable.getClass().getSimpleName()));
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
