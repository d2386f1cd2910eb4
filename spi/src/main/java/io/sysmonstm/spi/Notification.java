package io.sysmonstm.spi;

import java.time.Instant;

/**
 * What one notifier owes people of one alert. There is one at a time for each alert, notifier and
 * kind. Immutable.
 *
 * @param alertId of which alert
 * @param notifier the name of the notifier
 * @param kind what is told
 * @param due when it is to be told
 * @param attempts how often that was tried in vain
 */
public record Notification(String alertId, String notifier, Kind kind, Instant due, int attempts) {
  /** What is told. */
  public enum Kind {
    /** It fired. */
    FIRED,
    /** It still fires, and nobody has acknowledged it. */
    REPEATED,
    /** It is over. */
    RESOLVED
  }

  /**
   * {@return the same, to be told at another time}
   *
   * @param later when
   */
  public Notification postponed(Instant later) {
    return new Notification(alertId, notifier, kind, later, attempts);
  }

  /**
   * {@return the same after one more attempt in vain}
   *
   * @param later when it is tried again
   */
  public Notification failed(Instant later) {
    return new Notification(alertId, notifier, kind, later, attempts + 1);
  }
}
