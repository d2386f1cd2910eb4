package io.sysmonstm.api;

import java.time.Duration;
import java.util.Locale;

/** Whether a machine is heard from. */
public enum MachineStatus {
  /** Heard from within three intervals. */
  UP,
  /** Silent for three intervals. */
  STALE,
  /** Silent for six intervals, and for 30 seconds at the least. */
  DOWN;

  private static final int STALE_INTERVALS = 3;
  private static final int DOWN_INTERVALS = 6;
  private static final Duration DOWN_AT_LEAST = Duration.ofSeconds(30);

  /**
   * {@return the status of a machine by its silence}
   *
   * @param silence the time since its last batch was received, by the receiver's clock
   * @param interval its collection interval
   */
  public static MachineStatus of(Duration silence, Duration interval) {
    var down = interval.multipliedBy(DOWN_INTERVALS);
    if (silence.compareTo(down) >= 0 && silence.compareTo(DOWN_AT_LEAST) >= 0) {
      return MachineStatus.DOWN;
    }
    return silence.compareTo(interval.multipliedBy(STALE_INTERVALS)) >= 0 ? STALE : UP;
  }

  /** {@return the lower-case name, as in JSON} */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
