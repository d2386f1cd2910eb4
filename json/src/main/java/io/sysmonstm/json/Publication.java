package io.sysmonstm.json;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.AlertEvent;
import java.time.Instant;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** What a gateway tells an edge relay: one message each. Immutable. */
public sealed interface Publication {
  /**
   * The whole fleet, or a part of it where it is large.
   *
   * @param at when it was so
   * @param machines the machines
   * @param alerts the open alerts
   * @param more whether another part follows
   */
  record Snapshot(Instant at, List<MachineView> machines, List<Alert> alerts, boolean more)
      implements Publication {
    /**
     * Copies the lists.
     *
     * @param at when it was so
     * @param machines the machines
     * @param alerts the open alerts
     * @param more whether another part follows
     */
    public Snapshot {
      machines = List.copyOf(machines);
      alerts = List.copyOf(alerts);
    }
  }

  /**
   * The newest state of a machine.
   *
   * @param at the time of its newest sample
   * @param machine the machine
   */
  record Metrics(Instant at, MachineView machine) implements Publication {}

  /**
   * A change of an alert.
   *
   * @param at when it was told
   * @param alert the alert
   * @param change what happened
   */
  record AlertChange(Instant at, Alert alert, AlertEvent.Change change) implements Publication {}

  /** {@return the message in UTF-8} */
  default byte[] write() {
    return Json.object(
        json -> {
          switch (this) {
            case Snapshot snapshot -> write(json, snapshot);
            case Metrics metrics -> {
              ValueWriter.begin(json, "metrics", metrics.at());
              json.writeStringProperty("machine_id", metrics.machine().state().machineId());
              json.writeName("data");
              metrics.machine().write(json);
            }
            case AlertChange changed -> {
              ValueWriter.begin(json, "alert", changed.at());
              json.writeStringProperty("change", ValueWriter.text(changed.change()));
              json.writeName("data");
              ValueWriter.alert(json, changed.alert());
            }
          }
        });
  }

  private static void write(JsonGenerator json, Snapshot snapshot) {
    ValueWriter.begin(json, "snapshot", snapshot.at());
    json.writeBooleanProperty("more", snapshot.more());
    json.writeArrayPropertyStart("machines");
    snapshot.machines().forEach(machine -> machine.write(json));
    json.writeEndArray();
    json.writeArrayPropertyStart("alerts");
    snapshot.alerts().forEach(alert -> ValueWriter.alert(json, alert));
    json.writeEndArray();
  }

  /**
   * {@return the publication of a message} Unknown properties are skipped.
   *
   * @param message as {@link #write} writes it, hostile ones too
   * @throws RequestException INVALID_ARGUMENT where it is anything else, with the reason
   */
  static Publication read(byte[] message) {
    return ValueReader.read("publication", message, PublicationReader::read);
  }
}
