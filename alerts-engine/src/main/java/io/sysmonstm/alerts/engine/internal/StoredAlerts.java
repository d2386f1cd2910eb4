package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.spi.AlertStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The open alerts of a store. Its methods block, and throw where the store is away. */
final class StoredAlerts {
  /** For more machines at once, all open alerts are read. */
  private static final int FEW = 8;

  /** As many alerts a store gives at the most. */
  private static final int MOST_ALERTS = 10_000;

  private final AlertStore store;

  StoredAlerts(AlertStore store) {
    this.store = store;
  }

  /** Returns the open alerts of some machines, and perhaps those of others. */
  List<Alert> open(Set<String> ids) {
    if (ids.size() > FEW) {
      var open = open();
      if (open.size() < MOST_ALERTS) {
        return open;
      }
    }
    var open = new ArrayList<Alert>();
    for (var id : ids) {
      open.addAll(open(Optional.of(id)));
    }
    return open;
  }

  /** Returns all open alerts, in a list of the caller's. */
  List<Alert> open() {
    return open(Optional.empty());
  }

  private List<Alert> open(Optional<String> machineId) {
    var open = new ArrayList<Alert>();
    for (var state : List.of(AlertState.FIRING, AlertState.PENDING)) {
      var query =
          new AlertQuery(
              Optional.of(state), machineId, Optional.empty(), Optional.empty(), Optional.empty());
      open.addAll(store.alerts(query));
    }
    return open;
  }
}
