package io.sysmonstm.spi;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How much of what changes nothing goes into the audit, so that whoever tries passwords or
 * certificates all day does not fill the disk: {@value #PER_HOUR} entries of one action each hour.
 * What is left out is counted, and told with the next entry. Thread-safe.
 */
public final class AuditLimit {
  /** The most entries of one action in an hour. */
  public static final int PER_HOUR = 100;

  /** The action of the entry that tells how many were left out. */
  public static final String LEFT_OUT = "audit_entries_left_out";

  // Actions are constants of the program; should they ever not be, the rest share one count.
  private static final int MOST_ACTIONS = 64;
  private static final Duration WINDOW = Duration.ofHours(1);

  private final Map<String, Integer> admitted = new HashMap<>();
  private Instant end = Instant.MIN;
  private long leftOut;

  /** Creates a limit that nothing has passed yet. */
  public AuditLimit() {}

  /**
   * {@return whether an entry may be written}
   *
   * @param action its action
   * @param now the time
   */
  public synchronized boolean admits(String action, Instant now) {
    if (!now.isBefore(end) || now.isBefore(end.minus(WINDOW))) {
      admitted.clear();
      end = now.plus(WINDOW);
    }
    var key = admitted.size() < MOST_ACTIONS || admitted.containsKey(action) ? action : "";
    if (admitted.merge(key, 1, Integer::sum) <= PER_HOUR) {
      return true;
    }
    leftOut++;
    return false;
  }

  /**
   * {@return the entry that tells how many were left out since this was asked last; empty where
   * none were}
   *
   * @param now the time
   */
  public synchronized Optional<AuditEntry> leftOut(Instant now) {
    if (leftOut == 0) {
      return Optional.empty();
    }
    var entry = AuditEntry.of(now, Actor.within("sysmonstm"), LEFT_OUT, "", Long.toString(leftOut));
    leftOut = 0;
    return Optional.of(entry);
  }
}
