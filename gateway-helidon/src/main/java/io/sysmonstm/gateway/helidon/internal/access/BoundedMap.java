package io.sysmonstm.gateway.helidon.internal.access;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map that forgets what was used longest ago, so that whoever makes up keys costs no more memory
 * than so many of them. Thread-safe.
 */
final class BoundedMap<V> {
  private static final float LOAD = 0.75f;

  private final Map<String, V> entries;

  BoundedMap(int most) {
    this.entries =
        new LinkedHashMap<>(16, LOAD, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > most;
          }
        };
  }

  synchronized @Nullable V get(String key) {
    return entries.get(key);
  }

  synchronized void put(String key, V value) {
    entries.put(key, value);
  }

  synchronized void remove(String key) {
    entries.remove(key);
  }

  synchronized void clear() {
    entries.clear();
  }

  synchronized int size() {
    return entries.size();
  }
}
