package io.sysmonstm.spi;

import io.sysmonstm.api.MachineStatus;
import java.time.Instant;

/**
 * A machine that was first heard from, fell silent, or is back. Immutable.
 *
 * @param machineId the machine
 * @param hostname its name for people
 * @param status what it is now
 * @param lastSeen when its last batch was received, by the aggregator's clock
 * @param at when this was noticed, by the same clock
 */
public record MachineEvent(
    String machineId, String hostname, MachineStatus status, Instant lastSeen, Instant at)
    implements Event {
  @Override
  public Topic topic() {
    return Topic.MACHINES_STATUS;
  }
}
