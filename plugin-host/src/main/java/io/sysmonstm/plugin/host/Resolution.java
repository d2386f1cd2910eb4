package io.sysmonstm.plugin.host;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Names;
import io.sysmonstm.plugin.host.Configuration.Value;
import io.sysmonstm.plugin.host.FlagList.Flag;
import io.sysmonstm.plugin.host.Given.Form;
import io.sysmonstm.spi.Provider;
import io.sysmonstm.spi.Setting;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Turns what was given into the configuration of one role. The order matters: flags get their whole
 * keys, choosers name plugins, plugins declare more settings, and only then is it known which keys
 * nobody knows.
 */
final class Resolution {
  /** Prefixes of keys that are not checked here: where nobody declares one, and in any case. */
  record Elsewhere(Collection<String> tolerated, Collection<String> absent) {}

  private final ConfigurationSources sources;
  private final ProviderRegistry registry;
  private final RoleSettings role;
  private final List<RoleSettings> roles = new ArrayList<>();
  private final KnownKeys known = new KnownKeys();
  private final Map<String, Setting<?>> used = new LinkedHashMap<>();
  private final Map<String, List<Configuration.Instance>> instances = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<Flag> flags;
  private final Lookup lookup;

  Resolution(
      ConfigurationSources sources,
      ProviderRegistry registry,
      List<Setting<?>> host,
      RoleSettings role,
      Collection<RoleSettings> others,
      Elsewhere elsewhere) {
    this.sources = sources;
    this.registry = registry;
    this.role = role;
    roles.add(role);
    roles.addAll(others);
    problems.addAll(sources.problems());
    host.forEach(this::use);
    role.settings().forEach(this::use);
    declare();
    elsewhere.tolerated().forEach(known::tolerate);
    elsewhere.absent().forEach(known::absent);
    flags = new FlagKeys(known, role.flagPrefixes(), problems).withWholeKeys(sources.flags());
    lookup = new Lookup(sources, flags, role.aliases());
  }

  Configuration resolve() {
    role.fixed()
        .forEach(plugin -> usePlugin(plugin.spi(), plugin.type(), "the role " + role.name()));
    choose();
    role.instances().forEach(this::instantiate);
    var values = new LinkedHashMap<String, Value>();
    used.values().forEach(setting -> values.put(setting.key(), value(setting)));
    for (var setting : role.required()) {
      if (values.get(setting.key()) instanceof Value(var declared, var text, var source)
          && text.isEmpty()) {
        problems.add(Configuration.missing(declared));
      }
    }
    checkPluginsDirectory(values);
    checkUnused();
    checkUnknown();
    problems.addAll(lookup.problems());
    if (!problems.isEmpty()) {
      throw new ConfigException(problems.stream().distinct().toList());
    }
    var warnings = new ArrayList<>(lookup.warnings());
    unknownVariables().ifPresent(warnings::add);
    return new Configuration(values, instances, warnings.stream().distinct().toList());
  }

  /** One that was asked for must be there; the default need not. */
  private void checkPluginsDirectory(Map<String, Value> values) {
    var setting = HostSettings.PLUGINS_DIRECTORY;
    if (values.get(setting.key()) instanceof Value(var declared, var text, var source)
        && !source.equals(Value.DEFAULT)
        && text.flatMap(given -> Lookup.parse(setting, given))
            .filter(Files::isDirectory)
            .isEmpty()) {
      problems.add(
          "%s: %s is '%s': expected an existing directory"
              .formatted(source, declared, Masking.shown(declared, text.orElse(""))));
    }
  }

  private void declare() {
    var grouped = new HashSet<Class<?>>();
    for (var each : roles) {
      known.addAll(each.settings());
      for (var group : each.instances()) {
        known.addGroup(group.prefix());
        grouped.add(group.spi());
      }
    }
    for (var spi : Spis.ALL) {
      if (!grouped.contains(spi)) {
        registry.providers(spi).forEach(found -> known.addAll(found.settings()));
      }
    }
  }

  private void use(Setting<?> setting) {
    known.add(setting);
    used.merge(setting.key(), setting, (one, other) -> other.secret() ? other : one);
  }

  private void choose() {
    var refused = new HashSet<String>();
    for (var choice : role.choices()) {
      var chooser = choice.chooser();
      var value = value(chooser);
      for (var type : types(chooser, value)) {
        if (!refused.contains(chooser.key())
            && !isRefused(chooser, type, value.source())
            && !usePlugin(choice.spi(), type, value.source() + ": " + chooser.key())) {
          refused.add(chooser.key());
        }
      }
    }
  }

  private boolean isRefused(Setting<?> chooser, String type, String source) {
    for (var refusal : role.refusals()) {
      if (refusal.chooser().key().equals(chooser.key()) && refusal.type().equals(type)) {
        problems.add(
            "%s: %s is '%s', which the role %s cannot work with: %s"
                .formatted(source, chooser, type, role.name(), refusal.why()));
        return true;
      }
    }
    return false;
  }

  private static List<String> types(Setting<?> chooser, Value value) {
    var parsed = value.text().flatMap(text -> Lookup.parse(chooser, text).map(Object.class::cast));
    return parsed.orElse(List.of()) instanceof Collection<?> several
        ? several.stream().map(Object::toString).toList()
        : List.of(parsed.orElseThrow().toString());
  }

  private boolean usePlugin(Class<? extends Provider<?>> spi, String type, String wantedBy) {
    var found = registry.find(spi, type);
    found.ifPresentOrElse(
        provider -> provider.settings().forEach(this::use),
        () -> problems.add(wantedBy + ": " + registry.missing(spi, type)));
    return found.isPresent();
  }

  private void instantiate(RoleSettings.Instances group) {
    known.closeGroup(group.prefix());
    var named = new ArrayList<Configuration.Instance>();
    for (var name : new InstanceNames(sources, flags, problems).of(group)) {
      var prefix = group.prefix() + "." + name;
      var type =
          Setting.text(prefix + ".type", "Which plugin it is.").withDefault(group.defaultType());
      use(type);
      var chosen = value(type);
      var typeName = chosen.text().orElse(group.defaultType());
      registry
          .find(group.spi(), typeName)
          .ifPresentOrElse(
              provider -> provider.settings().forEach(setting -> use(setting.under(prefix))),
              () -> {
                problems.add(
                    "%s: %s: %s"
                        .formatted(
                            chosen.source(),
                            prefix + ".type",
                            registry.missing(group.spi(), typeName)));
                known.addGroup(group.prefix());
              });
      named.add(new Configuration.Instance(name, typeName, prefix));
    }
    instances.put(group.prefix(), named);
  }

  private Value value(Setting<?> setting) {
    var found = lookup.find(setting);
    if (found.isEmpty()) {
      return new Value(setting, setting.defaultText(), Value.DEFAULT);
    }
    if (Lookup.parse(setting, found.get().text()).isEmpty()) {
      problems.add(Lookup.badValue(setting, found.get()));
      return new Value(setting, setting.defaultText(), Value.DEFAULT);
    }
    return new Value(setting, Optional.of(found.get().text()), found.get().source());
  }

  /**
   * What another role would refuse is refused here too, so that a shared file is right or wrong.
   */
  private void checkUnused() {
    for (var declared : known.settings()) {
      for (var setting : declared) {
        if (!used.containsKey(setting.key())) {
          lookup
              .findWithoutEnvironment(setting)
              .filter(found -> Lookup.parse(setting, found.text()).isEmpty())
              .ifPresent(found -> problems.add(Lookup.badValue(setting, found)));
        }
      }
    }
  }

  private void checkUnknown() {
    sources
        .file()
        .forEach(
            (key, given) -> {
              boolean section = given.form() == Form.EMPTY && known.isSection(key);
              boolean instance = isInstance(key);
              if (!known.takes(key) && !section && !instance) {
                problems.add(unknown(key, given, known.keys()));
              }
            });
    for (var flag : flags) {
      if (!known.takes(flag.name())) {
        problems.add(unknown(flag.name(), flag.value(), known.keys()));
      }
    }
  }

  /**
   * {@code alerts.notifiers.console:} with nothing behind it is an instance of the default type.
   */
  private boolean isInstance(String key) {
    var given = sources.file().get(key);
    return given != null
        && given.form() == Form.EMPTY
        && instances.values().stream()
            .flatMap(List::stream)
            .anyMatch(instance -> instance.prefix().equals(key));
  }

  static String unknown(String key, Given given, Collection<String> keys) {
    return "%s: %s is not a setting%s"
        .formatted(given.source(), Names.shown(key), NearestKey.hint(key, keys));
  }

  private Optional<String> unknownVariables() {
    var prefixes = new TreeSet<String>();
    var expected = new HashSet<String>();
    for (var key : known.keys()) {
      expected.add(Lookup.environmentName(key));
      if (key.contains(".")) {
        prefixes.add(Lookup.environmentName(key.substring(0, key.indexOf('.'))) + "_");
      }
    }
    roles.forEach(each -> expected.addAll(each.aliases().keySet()));
    var unknown =
        sources.environment().keySet().stream()
            .filter(name -> prefixes.stream().anyMatch(name::startsWith))
            .filter(name -> !expected.contains(name))
            .filter(
                name ->
                    known.absent().stream()
                        .noneMatch(part -> name.startsWith(Lookup.environmentName(part) + "_")))
            .filter(
                name ->
                    known.groups().stream()
                        .noneMatch(group -> name.startsWith(Lookup.environmentName(group) + "_")))
            .filter(name -> !name.endsWith("_FILE") || !expected.contains(withoutSuffix(name)))
            .sorted()
            .toList();
    return unknown.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "environment: no setting has the name %s%s"
                .formatted(
                    Names.shown(String.join(", ", unknown)),
                    NearestKey.hint(unknown.getFirst(), expected)));
  }

  private static String withoutSuffix(String name) {
    return name.substring(0, name.length() - "_FILE".length());
  }
}
