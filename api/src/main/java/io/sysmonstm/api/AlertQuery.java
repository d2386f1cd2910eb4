package io.sysmonstm.api;

import java.time.Instant;
import java.util.Optional;

/**
 * Which alerts are asked for; what is empty does not narrow. Immutable.
 *
 * @param state the state they are in
 * @param machineId the machine
 * @param rule the name of the rule
 * @param from they were open at this time or later
 * @param to they started before this time
 */
public record AlertQuery(
    Optional<AlertState> state,
    Optional<String> machineId,
    Optional<String> rule,
    Optional<Instant> from,
    Optional<Instant> to) {
  /** {@return the query for all alerts} */
  public static AlertQuery all() {
    return new AlertQuery(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * {@return the query for the alerts in one state}
   *
   * @param state the state
   */
  public static AlertQuery in(AlertState state) {
    return new AlertQuery(
        Optional.of(state), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * {@return whether an alert is asked for}
   *
   * @param alert any alert
   */
  public boolean matches(Alert alert) {
    return state.map(wanted -> wanted == alert.state()).orElse(true)
        && machineId.map(alert.machineId()::equals).orElse(true)
        && rule.map(alert.rule()::equals).orElse(true)
        && from.map(begin -> alert.resolvedAt().map(end -> !end.isBefore(begin)).orElse(true))
            .orElse(true)
        && to.map(alert.startedAt()::isBefore).orElse(true);
  }
}
