package io.sysmonstm.plugin.host;

import io.sysmonstm.plugin.host.FlagList.Flag;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Finds the whole keys of flags, which may leave out the prefix of their role. */
final class FlagKeys {
  private final KnownKeys known;
  private final Collection<String> prefixes;
  private final List<String> problems;

  /** Problems are added to the list. */
  FlagKeys(KnownKeys known, Collection<String> prefixes, List<String> problems) {
    this.known = known;
    this.prefixes = prefixes.stream().distinct().toList();
    this.problems = problems;
  }

  /** The flags by whole keys, without those that nobody or several settings know. */
  List<Flag> withWholeKeys(List<Flag> given) {
    var whole = new ArrayList<Flag>();
    for (var flag : given) {
      var keys = keysOf(flag.name());
      switch (keys.size()) {
        case 0 -> problems.add(Resolution.unknown(flag.name(), flag.value(), shortNames()));
        case 1 -> whole.add(new Flag(keys.getFirst(), flag.value()));
        default ->
            problems.add(
                "%s: can mean several settings: write --%s"
                    .formatted(flag.value().source(), String.join(" or --", keys)));
      }
    }
    return whole;
  }

  private List<String> keysOf(String name) {
    if (known.takes(name)) {
      return List.of(name);
    }
    return prefixes.stream().map(prefix -> prefix + "." + name).filter(known::takes).toList();
  }

  private Collection<String> shortNames() {
    var names = new TreeSet<>(known.keys());
    for (var key : known.keys()) {
      for (var prefix : prefixes) {
        if (KnownKeys.isUnder(prefix, key)) {
          names.add(key.substring(prefix.length() + 1));
        }
      }
    }
    return names;
  }
}
