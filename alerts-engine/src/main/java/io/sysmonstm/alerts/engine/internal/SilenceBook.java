package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Silence;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What keeps people from being told: the silences as they were last read, and machines that are
 * down, of which people are told just that. Thread-safe.
 */
public final class SilenceBook {
  /** What is known of machines. Thread-safe. */
  public interface Machines {
    /**
     * {@return the tags of a machine, as far as they are known}
     *
     * @param machineId any machine
     */
    Map<String, String> tags(String machineId);

    /**
     * {@return whether nothing is heard of a machine and an alert says so}
     *
     * @param machineId any machine
     */
    boolean isDown(String machineId);
  }

  private final Supplier<? extends Machines> machines;
  private volatile List<Silence> silences = List.of();

  /**
   * Creates a book without silences.
   *
   * @param machines what is known of them, asked for when it is needed
   */
  public SilenceBook(Supplier<? extends Machines> machines) {
    this.machines = machines;
  }

  /**
   * Takes over what was read.
   *
   * @param read the silences that are not over
   */
  public void replace(List<Silence> read) {
    // The same list object means to dispatchers that nothing changed.
    if (!read.equals(silences)) {
      silences = List.copyOf(read);
    }
  }

  /** The silences; another object when they change. */
  List<Silence> silences() {
    return silences;
  }

  /** Until when nobody is told of an alert at the most, empty where people are told now. */
  Optional<Instant> heldUntil(Alert alert, Instant now) {
    if (!alert.metric().isEmpty() && machines.get().isDown(alert.machineId())) {
      return Optional.of(now.plus(Agenda.RECHECK));
    }
    var active = silences.stream().filter(silence -> silence.activeAt(now)).toList();
    if (active.isEmpty()) {
      return Optional.empty();
    }
    var ofMachine = machines.get().tags(alert.machineId());
    return active.stream()
        .filter(silence -> silence.matches(alert, ofMachine))
        .map(Silence::to)
        .findFirst();
  }
}
