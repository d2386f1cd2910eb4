package io.sysmonstm.spi;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map that forgets what was used longest ago, so that whoever makes up keys costs no more memory
 * than so many of them. Thread-safe.
 *
 * @param <V> what is kept
 */
public final class BoundedMap<V> {
  private static final float LOAD = 0.75f;

  private final Map<String, V> entries;

  /**
   * Creates an empty map.
   *
   * @param most how many entries it keeps, 1 or more
   */
  public BoundedMap(int most) {
    this.entries =
        new LinkedHashMap<>(16, LOAD, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > most;
          }
        };
  }

  /**
   * {@return what was put, null where nothing was or it is forgotten}
   *
   * @param key of what
   */
  public synchronized @Nullable V get(String key) {
    return entries.get(key);
  }

  /**
   * Keeps a value.
   *
   * @param key of what
   * @param value replaces another one
   */
  public synchronized void put(String key, V value) {
    entries.put(key, value);
  }

  /**
   * Forgets a value.
   *
   * @param key of what
   */
  public synchronized void remove(String key) {
    entries.remove(key);
  }

  /** Forgets everything. */
  public synchronized void clear() {
    entries.clear();
  }

  /** {@return how many entries it has} */
  public synchronized int size() {
    return entries.size();
  }
}
