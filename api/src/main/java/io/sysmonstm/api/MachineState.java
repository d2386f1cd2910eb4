package io.sysmonstm.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The newest state of one machine. Immutable.
 *
 * @param machineId the machine
 * @param resource its inventory
 * @param lastSeen when its last batch was received, by the receiver's clock
 * @param interval its collection interval, which staleness is counted in
 * @param samples the newest sample of each series that has not expired
 * @param processes the newest top processes
 */
public record MachineState(
    String machineId,
    Resource resource,
    Instant lastSeen,
    Duration interval,
    List<Sample> samples,
    List<TopProcess> processes) {
  /** Copies the lists. */
  public MachineState {
    samples = List.copyOf(samples);
    processes = List.copyOf(processes);
  }

  /**
   * {@return whether it is heard from}
   *
   * @param now the present time, by the clock that set {@link #lastSeen}
   */
  public MachineStatus status(Instant now) {
    return MachineStatus.of(Duration.between(lastSeen, now), interval);
  }
}
