package io.sysmonstm.plugin.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.Names;
import io.sysmonstm.plugin.host.FlagList.Flag;
import io.sysmonstm.plugin.host.Given.Form;
import io.sysmonstm.spi.Setting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds what was given for one setting: the file, then the environment, then the flags; the later
 * wins.
 */
final class Lookup {
  private static final String FILE_SUFFIX = "_FILE";
  private static final int MAX_FILE_BYTES = 1 << 16;

  /**
   * What was found.
   *
   * @param text the value that won
   * @param source where it was given
   */
  record Found(String text, String source) {}

  private final ConfigurationSources sources;
  private final List<Flag> flags;
  private final Map<String, String> aliases;
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /** The flags are named by whole keys; the aliases are keys by names of the environment. */
  Lookup(ConfigurationSources sources, List<Flag> flags, Map<String, String> aliases) {
    this.sources = sources;
    this.flags = flags;
    this.aliases = aliases;
  }

  List<String> problems() {
    return problems;
  }

  List<String> warnings() {
    return warnings;
  }

  Optional<Found> find(Setting<?> setting) {
    return find(setting, environment(setting));
  }

  /** As a setting of another role is found, whose environment this process does not have. */
  Optional<Found> findWithoutEnvironment(Setting<?> setting) {
    return find(setting, Optional.empty());
  }

  static String environmentName(String key) {
    return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The value of a text; a parser that throws does not take it. */
  static <T> Optional<T> parse(Setting<T> setting, String text) {
    try {
      return setting.parse(text);
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private Optional<Found> find(Setting<?> setting, Optional<Found> environment) {
    return setting.shape() == Setting.Shape.MAP
        ? findMap(setting, environment)
        : findValue(setting, environment);
  }

  private Optional<Found> findValue(Setting<?> setting, Optional<Found> environment) {
    var found = fromFile(setting);
    if (environment.isPresent()) {
      found = environment;
    }
    for (var flag : flags) {
      if (flag.name().equals(setting.key())) {
        found = fromFlag(setting, flag.value());
      }
    }
    return found;
  }

  private Optional<Found> fromFile(Setting<?> setting) {
    var given = sources.file().get(setting.key());
    if (given == null || given.form() == Form.EMPTY) {
      return Optional.empty();
    }
    boolean takesList =
        setting.shape() == Setting.Shape.LIST || setting.shape() == Setting.Shape.MAP;
    if (given.form() == Form.LIST && !takesList) {
      problems.add(
          "%s: %s is a list: expected %s"
              .formatted(given.source(), setting.key(), setting.expected()));
      return Optional.empty();
    }
    if (setting.secret()) {
      sources.path().ifPresent(path -> warnIfReadable(path, setting));
    }
    return Optional.of(new Found(given.text(), given.source()));
  }

  private Optional<Found> fromFlag(Setting<?> setting, Given given) {
    if (given.form() == Form.BARE && setting.shape() != Setting.Shape.FLAG) {
      problems.add(
          "%s: %s has no value: expected %s"
              .formatted(given.source(), setting.key(), setting.expected()));
      return Optional.empty();
    }
    if (setting.secret()) {
      warnings.add(
          "%s: a secret among the flags is seen by everybody on this machine: use %s%s or the file"
              .formatted(given.source(), environmentName(setting.key()), FILE_SUFFIX));
    }
    return Optional.of(new Found(given.text(), given.source()));
  }

  /** An empty variable is as good as none: orchestrators cannot always leave one out. */
  private Optional<Found> environment(Setting<?> setting) {
    var names = new ArrayList<String>();
    names.add(environmentName(setting.key()));
    aliases.forEach(
        (name, key) -> {
          if (key.equals(setting.key())) {
            names.add(name);
          }
        });
    for (var name : names) {
      var direct = sources.environment().getOrDefault(name, "");
      var file = sources.environment().getOrDefault(name + FILE_SUFFIX, "");
      if (!file.isBlank()) {
        if (!direct.isEmpty()) {
          warnings.add(
              "environment %s: not used, since %s%s is set too".formatted(name, name, FILE_SUFFIX));
        }
        return fromNamedFile(setting, name + FILE_SUFFIX, file);
      }
      if (!direct.isEmpty()) {
        return Optional.of(new Found(direct, "environment " + name));
      }
    }
    return Optional.empty();
  }

  private Optional<Found> fromNamedFile(Setting<?> setting, String variable, String file) {
    try {
      var path = Path.of(file);
      if (Files.size(path) > MAX_FILE_BYTES) {
        throw new IOException("larger than %d bytes".formatted(MAX_FILE_BYTES));
      }
      var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(path))).toString();
      if (setting.secret()) {
        warnIfReadable(path, setting);
      }
      return Optional.of(
          new Found(text.replaceFirst("\r?\n\\z", ""), "environment %s".formatted(variable)));
    } catch (IOException e) {
      problems.add(
          "environment %s: file '%s' for %s cannot be read (%s)"
              .formatted(variable, Names.shown(file), setting.key(), Masking.reason(e)));
    } catch (InvalidPathException e) {
      problems.add(
          "environment %s: '%s' for %s is not a path"
              .formatted(variable, Names.shown(file), setting.key()));
    }
    return Optional.empty();
  }

  private void warnIfReadable(Path path, Setting<?> setting) {
    try {
      if (Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ)) {
        warnings.add(
            "file %s: holds the secret %s and can be read by everybody on this machine: chmod 600 it"
                .formatted(path, setting.key()));
      }
    } catch (IOException | UnsupportedOperationException e) {
      // Then there are no such permissions to be warned of.
    }
  }

  private Optional<Found> findMap(Setting<?> setting, Optional<Found> environment) {
    var pairs = new LinkedHashMap<String, String>();
    var origins = new ArrayList<String>();
    fromFile(setting).ifPresent(found -> replace(setting, found, pairs, origins));
    var prefix = setting.key() + ".";
    sources
        .file()
        .forEach(
            (key, given) -> {
              if (key.startsWith(prefix) && given.form() != Form.EMPTY) {
                put(setting, key.substring(prefix.length()), given, pairs, origins);
              }
            });
    environment.ifPresent(found -> replace(setting, found, pairs, origins));
    for (var flag : flags) {
      if (flag.name().equals(setting.key())) {
        fromFlag(setting, flag.value()).ifPresent(found -> replace(setting, found, pairs, origins));
      } else if (flag.name().startsWith(prefix)) {
        put(setting, flag.name().substring(prefix.length()), flag.value(), pairs, origins);
      }
    }
    return origins.isEmpty()
        ? Optional.empty()
        : Optional.of(new Found(joined(pairs), String.join(", ", origins)));
  }

  /** A whole map takes the place of what came before. */
  private void replace(
      Setting<?> setting, Found found, Map<String, String> pairs, List<String> origins) {
    if (!(parse(setting, found.text()).orElse(null) instanceof Map<?, ?> whole)) {
      problems.add(badValue(setting, found));
      return;
    }
    pairs.clear();
    origins.clear();
    whole.forEach((name, value) -> pairs.put(name.toString(), value.toString()));
    origins.add(found.source());
  }

  private void put(
      Setting<?> setting,
      String name,
      Given given,
      Map<String, String> pairs,
      List<String> origins) {
    if (given.form() == Form.BARE || given.form() == Form.LIST || name.matches(".*[=,\\\\].*")) {
      problems.add(
          "%s: %s.%s: expected a name without '=' or ',' and one text"
              .formatted(given.source(), setting.key(), Names.shown(name)));
      return;
    }
    pairs.put(name, given.text());
    origins.add(given.source());
  }

  static String badValue(Setting<?> setting, Found found) {
    return "%s: %s is '%s': expected %s"
        .formatted(
            found.source(),
            setting.key(),
            Masking.shown(setting, found.text()),
            setting.expected());
  }

  private static String joined(Map<String, String> pairs) {
    return pairs.entrySet().stream()
        .map(
            pair -> pair.getKey() + "=" + pair.getValue().replace("\\", "\\\\").replace(",", "\\,"))
        .collect(Collectors.joining(","));
  }
}
