package io.sysmonstm.api;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The labels of a series: names and values, ordered by name. Immutable; two with the same pairs are
 * equal.
 */
public final class Labels implements Comparable<Labels> {
  private static final Labels EMPTY = new Labels(new TreeMap<>());

  private final SortedMap<String, String> pairs;
  private final int hash;

  private Labels(SortedMap<String, String> pairs) {
    this.pairs = Collections.unmodifiableSortedMap(pairs);
    this.hash = pairs.hashCode();
  }

  /** {@return the labels of a series that needs none} */
  public static Labels empty() {
    return EMPTY;
  }

  /**
   * {@return labels with one pair}
   *
   * @param name the label's name
   * @param value its value
   */
  public static Labels of(String name, String value) {
    return of(Map.of(name, value));
  }

  /**
   * {@return labels with the given pairs, whatever their order}
   *
   * @param pairs names and values; copied
   */
  public static Labels of(Map<String, String> pairs) {
    return pairs.isEmpty() ? EMPTY : new Labels(new TreeMap<>(pairs));
  }

  /**
   * {@return the value of one label}
   *
   * @param name the label's name
   */
  public Optional<String> value(String name) {
    return Optional.ofNullable(pairs.get(name));
  }

  /** {@return all pairs, ordered by name; unmodifiable} */
  public Map<String, String> asMap() {
    return pairs;
  }

  /** {@return the number of labels} */
  public int size() {
    return pairs.size();
  }

  /** {@return whether there are no labels} */
  public boolean isEmpty() {
    return pairs.isEmpty();
  }

  /** Orders labels by their text form, so that listings are stable. */
  @Override
  public int compareTo(Labels other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public boolean equals(Object o) {
    return o == this
        || (o instanceof Labels other && hash == other.hash && pairs.equals(other.pairs));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /**
   * {@return {@code {core="0"}}-like text, {@code {}} without labels; for people, not for parsing}
   */
  @Override
  public String toString() {
    var text = new StringBuilder("{");
    pairs.forEach(
        (name, value) -> {
          if (text.length() > 1) {
            text.append(',');
          }
          text.append(name).append("=\"").append(value).append('"');
        });
    return text.append('}').toString();
  }
}
