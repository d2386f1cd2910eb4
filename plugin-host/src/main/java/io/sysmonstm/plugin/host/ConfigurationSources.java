package io.sysmonstm.plugin.host;

import io.sysmonstm.plugin.host.FlagList.Flag;
import io.sysmonstm.plugin.host.Given.Form;
import io.sysmonstm.spi.Setting;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was given in the configuration file, the environment and the flags, before it is known which
 * settings there are. Immutable.
 */
public final class ConfigurationSources {
  private static final String CONFIG_FLAG = "config";

  private final Map<String, Given> file;
  private final Optional<Path> path;
  private final Map<String, String> environment;
  private final List<Flag> flags;
  private final List<String> problems;

  private ConfigurationSources(
      YamlFile file,
      Optional<Path> path,
      Map<String, String> environment,
      List<Flag> flags,
      List<String> problems) {
    this.file = Collections.unmodifiableMap(file.values());
    this.path = path;
    this.environment = Map.copyOf(environment);
    this.flags = List.copyOf(flags);
    this.problems = List.copyOf(problems);
  }

  /**
   * Reads the file that {@code --config} names, if any. Problems are kept, and told together with
   * all others when a {@link Configuration} is loaded.
   *
   * @param flags {@code --name value}, {@code --name=value}, or {@code --name} alone for what is
   *     true or false
   * @param environment the environment, usually {@link System#getenv()}
   * @return what they give
   */
  public static ConfigurationSources read(List<String> flags, Map<String, String> environment) {
    var parsed = FlagList.parse(flags);
    var problems = new ArrayList<>(parsed.problems());
    var others = new ArrayList<Flag>();
    Optional<Path> path = Optional.empty();
    for (var flag : parsed.flags()) {
      if (!flag.name().equals(CONFIG_FLAG)) {
        others.add(flag);
      } else if (flag.value().form() == Form.BARE || flag.value().text().isBlank()) {
        problems.add("flag --config: expected a file");
      } else {
        path = path(flag.value().text(), problems);
      }
    }
    var file = path.map(YamlFile::read).orElseGet(YamlFile::none);
    problems.addAll(file.problems());
    return new ConfigurationSources(file, path, environment, others, problems);
  }

  /**
   * {@return the value of a setting that is needed before the configuration can be loaded, such as
   * where plugins are} A value that is not valid counts as not given here; loading tells it.
   *
   * @param <T> the type of its value
   * @param setting one that does not belong to a role
   */
  public <T> Optional<T> peek(Setting<T> setting) {
    var lookup = new Lookup(this, flags, Map.of());
    return lookup
        .find(setting)
        .map(Lookup.Found::text)
        .or(setting::defaultText)
        .flatMap(text -> Lookup.parse(setting, text));
  }

  Map<String, Given> file() {
    return file;
  }

  Optional<Path> path() {
    return path;
  }

  Map<String, String> environment() {
    return environment;
  }

  List<Flag> flags() {
    return flags;
  }

  List<String> problems() {
    return problems;
  }

  private static Optional<Path> path(String text, List<String> problems) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      problems.add("flag --config: '%s' is not a path".formatted(text));
      return Optional.empty();
    }
  }
}
