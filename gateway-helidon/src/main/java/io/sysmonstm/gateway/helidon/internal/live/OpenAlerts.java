package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.AlertEvent.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** The open alerts, as events and the store of alerts tell. Guarded by {@link LiveView}. */
final class OpenAlerts {
  private final Map<String, Alert> byId = new HashMap<>();
  private long changes;

  /** Returns a number that grows with each event. */
  long changes() {
    return changes;
  }

  /** Takes in an event; returns it with the alert as a viewer is to see it. */
  AlertEvent accept(AlertEvent event, Instant now) {
    changes++;
    // Of a cancelled one there is no trace; for a viewer that was told of it, that is its end.
    var seen = event.change() == Change.CANCELLED ? ended(event.alert(), now) : event;
    remember(seen.alert());
    return seen;
  }

  /**
   * Takes in what a store has open now; returns, as if they were events, the changes that no event
   * told of.
   */
  List<AlertEvent> replace(Collection<Alert> open, Instant now) {
    var missed = new ArrayList<AlertEvent>();
    var ids = new HashSet<String>();
    for (var alert : open) {
      ids.add(alert.id());
      var known = byId.get(alert.id());
      if (known == null || known.state() != alert.state()) {
        var change = alert.state() == AlertState.PENDING ? Change.PENDING : Change.FIRED;
        missed.add(new AlertEvent(alert, change));
      } else if (!known.acknowledgedBy().equals(alert.acknowledgedBy())) {
        missed.add(new AlertEvent(alert, Change.ACKNOWLEDGED));
      }
    }
    for (var known : byId.values()) {
      if (!ids.contains(known.id())) {
        missed.add(ended(known, now));
      }
    }
    missed.forEach(event -> remember(event.alert()));
    return missed;
  }

  private void remember(Alert alert) {
    if (alert.open()) {
      byId.put(alert.id(), alert);
    } else {
      byId.remove(alert.id());
    }
  }

  private static AlertEvent ended(Alert alert, Instant now) {
    var change = alert.state() == AlertState.PENDING ? Change.CANCELLED : Change.RESOLVED;
    return new AlertEvent(
        alert.toBuilder().state(AlertState.RESOLVED).resolvedAt(now).build(), change);
  }

  /** Returns all. */
  List<Alert> all() {
    return List.copyOf(byId.values());
  }

  /** Returns the ids of the open alerts of a machine. */
  List<String> of(String machineId) {
    return byId.values().stream()
        .filter(alert -> alert.machineId().equals(machineId))
        .map(Alert::id)
        .toList();
  }
}
