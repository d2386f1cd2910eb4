package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.Glob;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Some names, by globs that are compiled once; the answers for the names there are are kept, so
 * that a frame costs a look-up for each. Two with the same globs are equal. Thread-safe.
 */
final class NameFilter {
  // More than there are metrics; what comes beyond is worked out each time.
  private static final int MAX_ANSWERS = 512;

  private final List<String> globs;
  private final int hash;
  private final boolean all;
  private final Set<String> literals = new HashSet<>();
  private final List<Glob> patterns;
  private final Map<String, Boolean> answers = new ConcurrentHashMap<>(1);

  NameFilter(List<String> globs) {
    this.globs = List.copyOf(globs);
    this.hash = globs.hashCode();
    this.all = globs.contains("*");
    var compiled = globs.stream().map(Glob::of).toList();
    compiled.stream().filter(Glob::isLiteral).map(Glob::pattern).forEach(literals::add);
    this.patterns = compiled.stream().filter(glob -> !glob.isLiteral()).toList();
  }

  /** Returns whether every name is wanted. */
  boolean isAll() {
    return all;
  }

  boolean matches(String name) {
    if (all) {
      return true;
    }
    var known = answers.get(name);
    if (known != null) {
      return known;
    }
    boolean answer = find(name);
    if (answers.size() < MAX_ANSWERS) {
      answers.put(name, answer);
    }
    return answer;
  }

  private boolean find(String name) {
    return literals.contains(name) || patterns.stream().anyMatch(glob -> glob.matches(name));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NameFilter that && globs.equals(that.globs);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return globs.toString();
  }
}
