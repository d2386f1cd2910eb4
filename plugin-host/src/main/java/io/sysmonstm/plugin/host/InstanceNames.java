package io.sysmonstm.plugin.host;

import io.sysmonstm.api.Names;
import io.sysmonstm.plugin.host.FlagList.Flag;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Finds the names of configured instances, which are parts of keys. */
final class InstanceNames {
  private static final String TYPE = "_TYPE";

  private final ConfigurationSources sources;
  private final List<Flag> flags;
  private final List<String> problems;

  /** The flags are named by whole keys; problems are added to the list. */
  InstanceNames(ConfigurationSources sources, List<Flag> flags, List<String> problems) {
    this.sources = sources;
    this.flags = flags;
    this.problems = problems;
  }

  /** The names, in order; the default type where there is none. */
  Collection<String> of(RoleSettings.Instances group) {
    var names = new TreeSet<String>();
    var keys = new ArrayList<>(sources.file().keySet());
    flags.forEach(flag -> keys.add(flag.name()));
    for (var key : keys) {
      if (KnownKeys.isUnder(group.prefix(), key)) {
        var name = key.substring(group.prefix().length() + 1).split("\\.", 2)[0];
        if (name.matches("[A-Za-z0-9_-]{1,64}")) {
          names.add(name);
        } else {
          problems.add(
              "%s.%s: expected a name of letters, digits, _ and -"
                  .formatted(group.prefix(), Names.shown(name)));
        }
      }
    }
    namesInEnvironment(group, names);
    return names.isEmpty() ? List.of(group.defaultType()) : names;
  }

  /**
   * An instance that only the environment knows is found by its type; its name is in lower case.
   */
  private void namesInEnvironment(RoleSettings.Instances group, Set<String> names) {
    var before = Lookup.environmentName(group.prefix()) + "_";
    var taken = new HashSet<String>();
    names.forEach(name -> taken.add(Lookup.environmentName(name)));
    for (var variable : sources.environment().keySet()) {
      if (variable.startsWith(before)
          && variable.endsWith(TYPE)
          && variable.length() > before.length() + TYPE.length()) {
        var name = variable.substring(before.length(), variable.length() - TYPE.length());
        if (name.matches("[A-Z0-9_]{1,64}") && taken.add(name)) {
          names.add(name.toLowerCase(Locale.ROOT).replace('_', '-'));
        }
      }
    }
  }
}
