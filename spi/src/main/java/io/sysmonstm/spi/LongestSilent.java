package io.sysmonstm.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes room where there are as many machines as there may be: for a new one that goes which has
 * been silent for longest, where that is a day or more. Guarded by whoever owns the machines.
 *
 * @param <M> what is kept of a machine
 */
public final class LongestSilent<M> {
  private static final Duration LONG = Duration.ofDays(1);

  private final Map<String, M> machines;
  private final Function<M, Instant> lastSeen;
  // Until then none has been silent for so long, so that nobody has to look.
  private Instant noneUntil = Instant.MIN;

  /**
   * Creates it.
   *
   * @param machines by id; one is removed from here
   * @param lastSeen tells when a machine was last seen, a time that only grows
   */
  public LongestSilent(Map<String, M> machines, Function<M, Instant> lastSeen) {
    this.machines = machines;
    this.lastSeen = lastSeen;
  }

  /**
   * Removes a machine, where one has been silent for long enough.
   *
   * @param now when the new one was seen
   * @return the id of the one that made room, empty where none did
   */
  public Optional<String> makeRoom(Instant now) {
    if (now.isBefore(noneUntil)) {
      return Optional.empty();
    }
    var longest =
        machines.entrySet().stream()
            .min(Comparator.comparing(machine -> lastSeen.apply(machine.getValue())))
            .orElseThrow();
    noneUntil = lastSeen.apply(longest.getValue()).plus(LONG);
    return now.isBefore(noneUntil) || !machines.remove(longest.getKey(), longest.getValue())
        ? Optional.empty()
        : Optional.of(longest.getKey());
  }
}
