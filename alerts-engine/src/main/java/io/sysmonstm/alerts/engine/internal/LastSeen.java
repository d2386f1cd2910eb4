package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resource;
import java.time.Duration;
import java.time.Instant;

/**
 * What is known of a machine that this engine has not heard.
 *
 * @param resource its inventory
 * @param interval its collection interval
 * @param at when its last batch came
 */
record LastSeen(Resource resource, Duration interval, Instant at) {
  static LastSeen of(MachineState state) {
    return new LastSeen(state.resource(), state.interval(), state.lastSeen());
  }
}
