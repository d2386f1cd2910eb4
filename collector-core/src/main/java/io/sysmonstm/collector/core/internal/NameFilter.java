package io.sysmonstm.collector.core.internal;

import java.util.List;

/** Which names to leave out: whole names, or with a star at the end how they begin. Immutable. */
record NameFilter(List<String> patterns) {
  boolean skips(String name) {
    for (String pattern : patterns) {
      boolean open = pattern.endsWith("*");
      if (open
          ? name.startsWith(pattern.substring(0, pattern.length() - 1))
          : name.equals(pattern)) {
        return true;
      }
    }
    return false;
  }
}
