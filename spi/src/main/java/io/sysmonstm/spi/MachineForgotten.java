package io.sysmonstm.spi;

import java.time.Instant;

/**
 * A machine that somebody had forgotten, since it is gone for good: it is not shown any more, and
 * not missed. Should it be heard from later, it is a new one. Immutable.
 *
 * @param machineId the machine
 * @param at when it was forgotten, by the clock of whoever did it; what is known of it from before
 *     does not count
 */
public record MachineForgotten(String machineId, Instant at) implements Event {
  @Override
  public Topic topic() {
    return Topic.MACHINES_STATUS;
  }
}
