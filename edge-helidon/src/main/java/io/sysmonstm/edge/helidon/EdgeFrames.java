package io.sysmonstm.edge.helidon;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.json.Json;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.json.Publication;
import io.sysmonstm.json.ValueWriter;
import io.sysmonstm.web.helidon.internal.net.Frame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The frames that viewers of the edge get; their form is the contract with every client. */
final class EdgeFrames {
  private static final byte[] COMMA = {','};
  private static final byte[] ALERTS = "],\"alerts\":[".getBytes(UTF_8);
  private static final byte[] END = "]}".getBytes(UTF_8);

  private EdgeFrames() {}

  /**
   * {@return the frame of all that is known, which shares its texts} The page goes by its time, so
   * that it is made for the moment, whenever the rest was said.
   *
   * @param all what {@link #all} returned
   */
  static Frame snapshot(Instant now, List<byte[]> all) {
    var parts = new ArrayList<byte[]>(all.size() + 1);
    parts.add(
        "{\"type\":\"snapshot\",\"timestamp\":\"%s\",\"machines\":["
            .formatted(ValueWriter.time(now))
            .getBytes(UTF_8));
    parts.addAll(all);
    return Frame.text(parts);
  }

  /**
   * {@return what a snapshot tells, without its beginning, as parts that can be shared} Open alerts
   * are in it, since a viewer of the edge has nowhere to ask for them.
   */
  static List<byte[]> all(Collection<byte[]> machines, Collection<byte[]> alerts) {
    var parts = new ArrayList<byte[]>(2 * (machines.size() + alerts.size()) + 2);
    addAll(parts, machines);
    parts.add(ALERTS);
    addAll(parts, alerts);
    parts.add(END);
    return parts;
  }

  private static void addAll(List<byte[]> parts, Collection<byte[]> texts) {
    boolean first = true;
    for (var text : texts) {
      if (!first) {
        parts.add(COMMA);
      }
      parts.add(text);
      first = false;
    }
  }

  /** {@return the frame of a machine's newest readings} */
  static Frame metrics(Instant at, MachineView machine) {
    var state = machine.state();
    return Frame.text(
        Json.object(
            json -> {
              ValueWriter.begin(json, "metrics", at);
              json.writeStringProperty("machine_id", state.machineId());
              json.writeName("data");
              MachineView.cycle(json, state, machine.status(), metric -> true);
            }));
  }

  /** {@return the frame of a change of status} */
  static Frame status(Instant now, String machineId, MachineStatus status) {
    return Frame.text(
        Json.object(
            json -> {
              ValueWriter.begin(json, "machine", now);
              json.writeStringProperty("machine_id", machineId);
              json.writeStringProperty("status", status.text());
            }));
  }

  /** {@return the frame of a change of an alert} */
  static Frame alert(Publication.AlertChange changed) {
    return Frame.text(changed.write());
  }

  /** {@return the frame that tells since when the gateway has been away} */
  static Frame stale(Instant now, Instant since) {
    return Frame.text(
        Json.object(
            json -> {
              ValueWriter.begin(json, "stale", now);
              json.writeStringProperty("since", ValueWriter.time(since));
            }));
  }
}
