package io.sysmonstm.spi;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Severity;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One message of a notifier: the news of one or more alerts. Immutable.
 *
 * @param key the same each time this message is tried again, so that a receiver can tell
 *     repetitions: letters, digits and {@code -}
 * @param items the news, at least one, those of one alert in their order
 * @param more how many further alerts there is news of, which would not go into one message
 */
public record Notice(String key, List<Item> items, int more) {
  /**
   * The news of one alert.
   *
   * @param alert as it is now
   * @param kind what is told of it
   */
  public record Item(Alert alert, Notification.Kind kind) {}

  /** Copies the items. */
  public Notice {
    items = List.copyOf(items);
    if (items.isEmpty()) {
      throw new IllegalArgumentException("a notice tells of one alert at least");
    }
  }

  /** {@return the rule of all alerts, empty where they are of several} */
  public Optional<String> rule() {
    var first = items.getFirst().alert().rule();
    return items.stream().allMatch(item -> item.alert().rule().equals(first))
        ? Optional.of(first)
        : Optional.empty();
  }

  /** {@return the worst severity} */
  public Severity severity() {
    return items.stream()
        .map(item -> item.alert().severity())
        .max(Comparator.naturalOrder())
        .orElse(Severity.INFO);
  }

  /** {@return whether it only tells of alerts that are over} */
  public boolean isResolved() {
    return items.stream().allMatch(item -> item.kind() == Notification.Kind.RESOLVED);
  }
}
