package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** All keys that some role or plugin declares; what may be in a file that all roles share. */
final class KnownKeys {
  private final Map<String, List<Setting<?>>> settings = new LinkedHashMap<>();
  private final Set<String> groups = new TreeSet<>();
  private final Set<String> tolerated = new TreeSet<>();
  private final Set<String> absent = new TreeSet<>();

  void add(Setting<?> setting) {
    settings.computeIfAbsent(setting.key(), key -> new ArrayList<>()).add(setting);
  }

  void addAll(Collection<? extends Setting<?>> added) {
    added.forEach(this::add);
  }

  /** All keys under the prefix are taken, with one more part for the instance's name. */
  void addGroup(String prefix) {
    groups.add(prefix);
  }

  /** From now on the instances of the group are known one by one. */
  void closeGroup(String prefix) {
    groups.remove(prefix);
  }

  /** All keys under the prefix are taken unless somebody declares one of them. */
  void tolerate(String prefix) {
    if (settings.keySet().stream().noneMatch(key -> isUnder(prefix, key))) {
      tolerated.add(prefix);
    }
  }

  /** All keys under the prefix are taken: they are of a part that is not here. */
  void absent(String prefix) {
    absent.add(prefix);
  }

  /** The prefixes of parts that are not here. */
  Set<String> absent() {
    return absent;
  }

  boolean takes(String key) {
    return settings.containsKey(key)
        || settings.values().stream()
            .anyMatch(
                declared ->
                    declared.getFirst().shape() == Setting.Shape.MAP
                        && isUnder(declared.getFirst().key(), key))
        || groups.stream().anyMatch(group -> isUnder(group, key) && hasName(group, key))
        || tolerated.stream().anyMatch(prefix -> isUnder(prefix, key))
        || absent.stream().anyMatch(prefix -> isUnder(prefix, key));
  }

  /** Whether a key is the first part of others, as a section of a file is. */
  boolean isSection(String key) {
    return settings.keySet().stream().anyMatch(known -> isUnder(key, known))
        || groups.stream()
            .anyMatch(group -> group.equals(key) || isUnder(key, group) || isUnder(group, key))
        || tolerated.contains(key)
        || absent.contains(key);
  }

  /** The prefixes of groups whose instances are not known one by one. */
  Set<String> groups() {
    return groups;
  }

  /** All settings, several of one key where several parts declare it. */
  Collection<List<Setting<?>>> settings() {
    return settings.values();
  }

  Set<String> keys() {
    return settings.keySet();
  }

  static boolean isUnder(String prefix, String key) {
    return key.length() > prefix.length() + 1
        && key.startsWith(prefix)
        && key.charAt(prefix.length()) == '.';
  }

  private static boolean hasName(String group, String key) {
    int dot = key.indexOf('.', group.length() + 1);
    return dot > group.length() + 1 && dot < key.length() - 1;
  }
}
