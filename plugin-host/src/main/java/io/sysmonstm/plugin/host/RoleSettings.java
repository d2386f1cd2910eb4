package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.Provider;
import io.sysmonstm.spi.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a role reads of the configuration: its own settings, and which plugins it chooses by which
 * of them. The settings of the chosen plugins are added when the configuration is loaded.
 * Immutable.
 */
public final class RoleSettings {
  /** A setting whose value names the plugins of an SPI. */
  record Choice(Setting<?> chooser, Class<? extends Provider<?>> spi) {}

  /** A plugin that the role always uses. */
  record Fixed(Class<? extends Provider<?>> spi, String type) {}

  /** A type that a choice must not name, and what to do instead. */
  record Refusal(Setting<?> chooser, String type, String why) {}

  /** Named instances {@code prefix.NAME.type}, each with the settings of its type. */
  record Instances(String prefix, Class<? extends Provider<?>> spi, String defaultType) {}

  private final String name;
  private final List<String> flagPrefixes;
  private final Map<String, Setting<?>> settings;
  private final List<Setting<?>> required;
  private final List<Choice> choices;
  private final List<Fixed> fixed;
  private final List<Refusal> refusals;
  private final List<Instances> instances;
  private final Map<String, String> aliases;

  private RoleSettings(Builder builder) {
    name = builder.name;
    flagPrefixes = List.copyOf(builder.flagPrefixes);
    settings = new LinkedHashMap<>(builder.settings);
    required = List.copyOf(builder.required);
    choices = List.copyOf(builder.choices);
    fixed = List.copyOf(builder.fixed);
    refusals = List.copyOf(builder.refusals);
    instances = List.copyOf(builder.instances);
    aliases = Map.copyOf(builder.aliases);
  }

  /**
   * {@return a builder for the settings of a role}
   *
   * @param name the role, which is the prefix that its flags may leave out: {@code
   *     --aggregator-url} is {@code collector.aggregator-url} in the role {@code collector}
   */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** {@return the role} */
  public String name() {
    return name;
  }

  List<String> flagPrefixes() {
    return flagPrefixes;
  }

  Collection<Setting<?>> settings() {
    return settings.values();
  }

  List<Setting<?>> required() {
    return required;
  }

  List<Choice> choices() {
    return choices;
  }

  List<Fixed> fixed() {
    return fixed;
  }

  List<Refusal> refusals() {
    return refusals;
  }

  List<Instances> instances() {
    return instances;
  }

  /** Keys by further names that they have in the environment. */
  Map<String, String> aliases() {
    return aliases;
  }

  /** Collects the settings of a role. Confined to one thread. */
  public static final class Builder {
    private final String name;
    private final List<String> flagPrefixes = new ArrayList<>();
    private final Map<String, Setting<?>> settings = new LinkedHashMap<>();
    private final List<Setting<?>> required = new ArrayList<>();
    private final List<Choice> choices = new ArrayList<>();
    private final List<Fixed> fixed = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private final List<Instances> instances = new ArrayList<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();

    private Builder(String name) {
      this.name = name;
      flagPrefixes.add(name);
    }

    /**
     * Lets flags leave out another prefix too, as a role needs that is made of others.
     *
     * @param prefixes first parts of keys
     * @return this builder
     */
    public Builder flagPrefixes(String... prefixes) {
      flagPrefixes.addAll(List.of(prefixes));
      return this;
    }

    /**
     * Adds settings of the role.
     *
     * @param added one of each key
     * @return this builder
     */
    public Builder settings(Collection<? extends Setting<?>> added) {
      added.forEach(setting -> settings.put(setting.key(), setting));
      return this;
    }

    /**
     * Adds a setting that has no default and must be given.
     *
     * @param setting one without default
     * @return this builder
     */
    public Builder required(Setting<?> setting) {
      settings.put(setting.key(), setting);
      required.add(setting);
      return this;
    }

    /**
     * Adds a setting that names one or, where it is a list, several plugins of an SPI.
     *
     * @param chooser for example {@code history.store}, with its default
     * @param spi the SPI
     * @return this builder
     */
    public Builder choice(Setting<?> chooser, Class<? extends Provider<?>> spi) {
      settings.put(chooser.key(), chooser);
      choices.add(new Choice(chooser, spi));
      return this;
    }

    /**
     * Refuses a type, also where it is the default: one that is there, but cannot do the work of
     * this role. A role that {@linkplain #include includes} this one does not inherit that.
     *
     * @param chooser the setting of a choice
     * @param type the type
     * @param why why not, and what to set; follows a colon and ends the message
     * @return this builder
     */
    public Builder refuse(Setting<?> chooser, String type, String why) {
      refusals.add(new Refusal(chooser, type, why));
      return this;
    }

    /**
     * Adds a plugin that the role uses whatever the configuration says.
     *
     * @param spi the SPI
     * @param type the type of its provider
     * @return this builder
     */
    public Builder plugin(Class<? extends Provider<?>> spi, String type) {
      fixed.add(new Fixed(spi, type));
      return this;
    }

    /**
     * Adds named instances: {@code PREFIX.NAME.type} names the type, and the settings of its
     * provider lie beside it. Where no instance is configured, there is one of the default type,
     * named like it.
     *
     * @param prefix for example {@code alerts.notifiers}
     * @param spi the SPI, whose providers declare settings relative to the instance
     * @param defaultType the type where none is given
     * @return this builder
     */
    public Builder instances(String prefix, Class<? extends Provider<?>> spi, String defaultType) {
      instances.add(new Instances(prefix, spi, defaultType));
      return this;
    }

    /**
     * Gives a setting one more name in the environment; its regular name wins over it.
     *
     * @param variable for example {@code EDGE_URL}
     * @param setting one of the role
     * @return this builder
     */
    public Builder alias(String variable, Setting<?> setting) {
      aliases.put(variable, setting.key());
      return this;
    }

    /**
     * Adds all that another role reads, and its prefix for flags.
     *
     * @param role another role
     * @return this builder
     */
    public Builder include(RoleSettings role) {
      flagPrefixes.addAll(role.flagPrefixes);
      settings.putAll(role.settings);
      required.addAll(role.required);
      choices.addAll(role.choices);
      fixed.addAll(role.fixed);
      instances.addAll(role.instances);
      aliases.putAll(role.aliases);
      return this;
    }

    /** {@return the settings of the role} */
    public RoleSettings build() {
      return new RoleSettings(this);
    }
  }
}
