package io.sysmonstm.gateway.helidon.internal.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.json.Json;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.json.ValueWriter;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.web.helidon.internal.net.Frame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The frames that viewers get; their form is the contract with every client. */
final class Frames {
  private static final byte[] COMMA = {','};
  private static final byte[] END = "]}".getBytes(UTF_8);

  private Frames() {}

  /** {@return the frame of the whole fleet, which shares the texts of the machines} */
  static Frame snapshot(Instant now, List<byte[]> machines) {
    var parts = new ArrayList<byte[]>(2 * machines.size() + 2);
    parts.add(
        "{\"type\":\"snapshot\",\"timestamp\":\"%s\",\"machines\":["
            .formatted(ValueWriter.time(now))
            .getBytes(UTF_8));
    for (var machine : machines) {
      if (parts.size() > 1) {
        parts.add(COMMA);
      }
      parts.add(machine);
    }
    parts.add(END);
    return Frame.text(parts);
  }

  /**
   * {@return the frame of a machine's merged state, with some metrics} Where these are not all, it
   * is made by the first viewer who gets to it, so that a wish costs nobody who does not share it.
   */
  static Frame cycle(Instant at, MachineState state, MachineStatus status, NameFilter metrics) {
    return metrics.isAll()
        ? Frame.text(cycleText(at, state, status, metrics))
        : Frame.later(() -> cycleText(at, state, status, metrics));
  }

  private static byte[] cycleText(
      Instant at, MachineState state, MachineStatus status, NameFilter metrics) {
    return Json.object(
        json -> {
          ValueWriter.begin(json, "metrics", at);
          json.writeStringProperty("machine_id", state.machineId());
          json.writeName("data");
          MachineView.cycle(json, state, status, metrics::matches);
        });
  }

  /** {@return the frame of a change of status} */
  static Frame status(
      Instant now, String machineId, MachineStatus status, Optional<Instant> since) {
    return Frame.text(
        Json.object(
            json -> {
              ValueWriter.begin(json, "machine", now);
              json.writeStringProperty("machine_id", machineId);
              json.writeStringProperty("status", status.text());
              since.ifPresent(at -> json.writeStringProperty("status_since", ValueWriter.time(at)));
            }));
  }

  /** {@return the frame that tells of a machine that is no longer there} */
  static Frame forgotten(Instant now, String machineId) {
    return Frame.text(
        Json.object(
            json -> {
              ValueWriter.begin(json, "forgotten", now);
              json.writeStringProperty("machine_id", machineId);
            }));
  }

  /** {@return the frame of a change of an alert} */
  static Frame alert(Instant now, Alert alert, AlertEvent.Change change) {
    return Frame.text(
        Json.object(
            json -> {
              ValueWriter.begin(json, "alert", now);
              json.writeStringProperty("change", ValueWriter.text(change));
              json.writeName("data");
              ValueWriter.alert(json, alert);
            }));
  }
}
