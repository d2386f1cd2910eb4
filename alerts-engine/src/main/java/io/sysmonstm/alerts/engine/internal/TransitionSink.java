package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.spi.AlertEvent.Change;

/**
 * Takes each change of an alert, in order. Called under the engine's lock: must neither block nor
 * throw.
 */
@FunctionalInterface
public interface TransitionSink {
  /**
   * Takes a change.
   *
   * @param alert as it is now
   * @param change what changed
   */
  void changed(Alert alert, Change change);
}
