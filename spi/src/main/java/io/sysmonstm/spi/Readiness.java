package io.sysmonstm.spi;

import java.util.Map;

/**
 * Whether a role can do its work, and which of its parts fail. Immutable.
 *
 * @param ready whether it can do its work at all
 * @param parts the health of each part by name, for example {@code history}
 */
public record Readiness(boolean ready, Map<String, Health> parts) {
  /** Copies the map. */
  public Readiness {
    parts = Map.copyOf(parts);
  }

  /** {@return whether it works, but not with all of its parts} */
  public boolean degraded() {
    return ready && parts.values().stream().anyMatch(part -> !part.isOk());
  }
}
