package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Silence;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The silences as they were last read. Thread-safe. */
public final class SilenceBook {
  private final Function<String, Map<String, String>> tags;
  private volatile List<Silence> silences = List.of();

  /**
   * Creates a book without silences.
   *
   * @param tags the tags of a machine, by its id
   */
  public SilenceBook(Function<String, Map<String, String>> tags) {
    this.tags = tags;
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
    var active = silences.stream().filter(silence -> silence.activeAt(now)).toList();
    if (active.isEmpty()) {
      return Optional.empty();
    }
    var ofMachine = tags.apply(alert.machineId());
    return active.stream()
        .filter(silence -> silence.matches(alert, ofMachine))
        .map(Silence::to)
        .findFirst();
  }
}
