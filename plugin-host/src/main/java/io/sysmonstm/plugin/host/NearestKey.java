package io.sysmonstm.plugin.host;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds what somebody may have meant by a name that does not exist. */
final class NearestKey {
  private NearestKey() {}

  /** A hint to be put behind a message: empty, or {@code ; did you mean a or b?}. */
  static String hint(String name, Collection<String> known) {
    var near = near(name, known);
    return near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?";
  }

  private static List<String> near(String name, Collection<String> known) {
    int limit = Math.max(2, name.length() / 4);
    var nearest =
        known.stream()
            .filter(key -> Math.abs(key.length() - name.length()) <= limit)
            .filter(key -> distance(name, key) <= limit)
            .min(
                Comparator.comparingInt((String key) -> distance(name, key))
                    .thenComparing(key -> key));
    if (nearest.isPresent()) {
      return List.of(nearest.get());
    }
    return known.stream().filter(key -> key.endsWith("." + name)).sorted().limit(3).toList();
  }

  /** The number of characters to insert, delete or replace. */
  private static int distance(String from, String to) {
    var previous = new int[to.length() + 1];
    var current = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      var swap = previous;
      previous = current;
      current = swap;
    }
    return previous[to.length()];
  }
}
