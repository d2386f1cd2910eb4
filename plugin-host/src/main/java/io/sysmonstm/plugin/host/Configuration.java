package io.sysmonstm.plugin.host;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The effective configuration of a role: of its settings, those of the host and those of the
 * plugins it chose. Checked when it is loaded. Immutable.
 */
public final class Configuration implements Settings {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/.*$\\[][^#\\p{Cntrl}\"]*");

  /** The value of a setting; no text where it has neither value nor default. */
  record Value(Setting<?> setting, Optional<String> text, String source) {
    static final String DEFAULT = "default";
  }

  private final TreeMap<String, Value> values;
  private final Map<String, List<PluginInstance>> instances;
  private final List<String> warnings;

  Configuration(
      Map<String, Value> values, Map<String, List<Instance>> instances, List<String> warnings) {
    this.values = new TreeMap<>(values);
    this.instances = new TreeMap<>();
    instances.forEach(
        (prefix, group) -> this.instances.put(prefix, group.stream().map(this::plugin).toList()));
    this.warnings = List.copyOf(warnings);
  }

  /** A configured instance: its name and type, and the key that its settings are under. */
  record Instance(String name, String type, String prefix) {}

  /**
   * {@return a loader}
   *
   * @param sources what was given
   * @param registry the plugins, which declare settings too
   */
  public static Loader loader(ConfigurationSources sources, ProviderRegistry registry) {
    return new Loader(sources, registry);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException where nobody has declared it, which is a bug of the plugin
   *     that asks
   */
  @Override
  public <T> Optional<T> find(Setting<T> setting) {
    var value = values.get(setting.key());
    if (value == null) {
      throw new IllegalArgumentException(
          "%s is read, but neither the role nor a chosen plugin declares it".formatted(setting));
    }
    return value
        .text()
        .map(
            text ->
                Lookup.parse(setting, text)
                    .orElseThrow(
                        () ->
                            new ConfigException(
                                List.of(
                                    Lookup.badValue(
                                        setting, new Lookup.Found(text, value.source()))))));
  }

  /**
   * {@inheritDoc}
   *
   * @throws ConfigException where it has neither value nor default
   */
  @Override
  public <T> T get(Setting<T> setting) {
    return find(setting).orElseThrow(() -> new ConfigException(List.of(missing(setting))));
  }

  /**
   * {@return whether a setting was given, so that its value is not the default}
   *
   * @param setting one that was declared
   */
  public boolean isGiven(Setting<?> setting) {
    var value = values.get(setting.key());
    return value != null && value.text().isPresent() && !value.source().equals(Value.DEFAULT);
  }

  /**
   * {@return this configuration with another value of one setting, as when a port is known at last}
   *
   * @param setting one that was declared
   * @param text the value as one would write it; empty where only its source is to be told
   * @param source where it is from, or will be, as {@link #effective} shows it
   */
  public Configuration with(Setting<?> setting, Optional<String> text, String source) {
    var changed = new TreeMap<>(values);
    changed.put(setting.key(), new Value(setting, text, source));
    var groups = new TreeMap<String, List<Instance>>();
    instances.forEach(
        (prefix, group) ->
            groups.put(
                prefix,
                group.stream()
                    .map(one -> new Instance(one.name(), one.type(), prefix + "." + one.name()))
                    .toList()));
    return new Configuration(changed, groups, warnings);
  }

  /**
   * {@return the configured instances under a prefix, ordered by name}
   *
   * @param prefix for example {@code alerts.notifiers}
   */
  public List<PluginInstance> instances(String prefix) {
    return instances.getOrDefault(prefix, List.of());
  }

  /** {@return what is not wrong but should be known, each a whole sentence; for the log} */
  public List<String> warnings() {
    return warnings;
  }

  /** {@return one {@code key: value # source} for each setting, ordered by key, secrets masked} */
  public List<String> effective() {
    return values.values().stream().map(Configuration::line).toList();
  }

  private static String help(Setting<?> setting) {
    var fallback = setting.defaultText().map(text -> " Default: %s.".formatted(text)).orElse("");
    return "--%s: %s%s".formatted(setting.key(), setting.help(), fallback);
  }

  static String missing(Setting<?> setting) {
    return "%s is required: %s Expected %s, as %s in the file, %s in the environment, or --%s"
        .formatted(
            setting.key(),
            setting.help(),
            setting.expected(),
            setting.key(),
            Lookup.environmentName(setting.key()),
            setting.key());
  }

  private static String line(Value value) {
    var key = value.setting().key();
    return value
        .text()
        .map(text -> "%s: %s  # %s".formatted(key, quoted(value.setting(), text), value.source()))
        .orElseGet(
            () ->
                "%s:  # %s"
                    .formatted(
                        key, value.source().equals(Value.DEFAULT) ? "not set" : value.source()));
  }

  private static String quoted(Setting<?> setting, String text) {
    var shown = Masking.masked(setting, text);
    if (PLAIN.matcher(shown).matches() && !shown.contains(": ") && !shown.endsWith(" ")) {
      return shown;
    }
    var quoted = new StringBuilder("\"");
    shown
        .chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (Character.isISOControl(c)) {
                quoted.append("\\u%04x".formatted(c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }

  private PluginInstance plugin(Instance instance) {
    return new PluginInstance(
        instance.name(), instance.type(), new InstanceSettings(this, instance.prefix()));
  }

  /** The settings of one instance, asked for by keys relative to it. */
  private record InstanceSettings(Configuration all, String prefix) implements Settings {
    @Override
    public <T> Optional<T> find(Setting<T> setting) {
      return all.find(setting.under(prefix));
    }

    @Override
    public <T> T get(Setting<T> setting) {
      return all.get(setting.under(prefix));
    }
  }

  /** Loads a configuration. Confined to one thread. */
  public static final class Loader {
    private final ConfigurationSources sources;
    private final ProviderRegistry registry;
    private final List<RoleSettings> others = new ArrayList<>();
    private final List<String> tolerated = new ArrayList<>();
    private final List<String> absent = new ArrayList<>();
    private boolean terminal;

    private Loader(ConfigurationSources sources, ProviderRegistry registry) {
      this.sources = sources;
      this.registry = registry;
    }

    /**
     * Makes the settings of other roles known, since one file may serve all of them.
     *
     * @param roles other roles; the loaded one may be among them
     * @return this loader
     */
    public Loader others(Collection<RoleSettings> roles) {
      others.addAll(roles);
      return this;
    }

    /**
     * Accepts all keys under a prefix where no plugin here declares any: one file may serve
     * machines that have other plugins.
     *
     * @param prefixes for example {@code redis}
     * @return this loader
     */
    public Loader tolerate(String... prefixes) {
      tolerated.addAll(List.of(prefixes));
      return this;
    }

    /**
     * Accepts all keys under a prefix unchecked, since the part that declares them is not here.
     *
     * @param prefixes for example {@code gateway}
     * @return this loader
     */
    public Loader absent(Collection<String> prefixes) {
      absent.addAll(prefixes);
      return this;
    }

    /**
     * Says whether a person is at a terminal, which changes the default of {@code log.format}.
     *
     * @param isTerminal whether standard output is a terminal
     * @return this loader
     */
    public Loader terminal(boolean isTerminal) {
      terminal = isTerminal;
      return this;
    }

    /**
     * Loads and checks the configuration of a role.
     *
     * @param role the role
     * @return its effective configuration
     * @throws ConfigException with all problems: unknown keys, values that are not valid, files
     *     that cannot be read, plugins that do not exist, required settings that are missing
     * @throws io.sysmonstm.api.DuplicateProviderException where two plugins claim the same type
     */
    public Configuration load(RoleSettings role) {
      registry.check();
      var host = HostSettings.all(sources.environment(), terminal);
      var elsewhere = new Resolution.Elsewhere(tolerated, absent);
      return new Resolution(sources, registry, host, role, others, elsewhere).resolve();
    }

    /**
     * {@return one line for each setting that a role can have, ordered by key: its flag, what it
     * is, and its default} Those of every plugin that it can choose are among them.
     *
     * @param role the role
     */
    public List<String> help(RoleSettings role) {
      var settings = new TreeMap<String, Setting<?>>();
      HostSettings.all(sources.environment(), terminal)
          .forEach(setting -> settings.put(setting.key(), setting));
      role.fixed()
          .forEach(
              plugin ->
                  registry
                      .find(plugin.spi(), plugin.type())
                      .ifPresent(found -> putAll(settings, found)));
      role.choices()
          .forEach(
              choice -> registry.providers(choice.spi()).forEach(found -> putAll(settings, found)));
      role.settings().forEach(setting -> settings.put(setting.key(), setting));
      role.instances()
          .forEach(
              group -> {
                var prefix = group.prefix() + ".NAME";
                var type =
                    Setting.text(prefix + ".type", "Which plugin it is.")
                        .withDefault(group.defaultType());
                settings.put(type.key(), type);
                registry.providers(group.spi()).stream()
                    .flatMap(found -> found.settings().stream())
                    .map(setting -> setting.under(prefix))
                    .forEach(setting -> settings.put(setting.key(), setting));
              });
      return settings.values().stream().map(Configuration::help).toList();
    }

    private static void putAll(Map<String, Setting<?>> settings, FoundProvider found) {
      found.settings().forEach(setting -> settings.putIfAbsent(setting.key(), setting));
    }
  }
}
