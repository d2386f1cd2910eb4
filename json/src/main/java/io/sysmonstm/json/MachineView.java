package io.sysmonstm.json;

import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;

/**
 * A machine as viewers see it. Its forms are the contract with every client. Immutable.
 *
 * @param state its merged state
 * @param status whether it is heard from
 * @param statusSince since when that is so, where it is known
 * @param alerts the ids of its open alerts
 */
public record MachineView(
    MachineState state, MachineStatus status, Optional<Instant> statusSince, List<String> alerts) {
  /**
   * Copies the ids.
   *
   * @param state its merged state
   * @param status whether it is heard from
   * @param statusSince since when that is so, where it is known
   * @param alerts the ids of its open alerts
   */
  public MachineView {
    alerts = List.copyOf(alerts);
  }

  /**
   * Writes it as a Machine of the API.
   *
   * @param json where a value may be
   */
  public void write(JsonGenerator json) {
    machine(json, state, status, statusSince, alerts);
  }

  /**
   * Writes a Machine of the API.
   *
   * @param json where a value may be
   * @param state the machine
   * @param status whether it is heard from
   * @param since since when that is so, where it is known
   * @param alertIds its open alerts
   */
  public static void machine(
      JsonGenerator json,
      MachineState state,
      MachineStatus status,
      Optional<Instant> since,
      Collection<String> alertIds) {
    json.writeStartObject();
    identity(json, state, status);
    since.ifPresent(at -> json.writeStringProperty("status_since", ValueWriter.time(at)));
    json.writeStringProperty("last_seen", ValueWriter.time(state.lastSeen()));
    description(json, state);
    metrics(json, state, metric -> true);
    json.writeName("processes");
    ValueWriter.processes(json, state.processes());
    json.writeArrayPropertyStart("alerts");
    alertIds.forEach(id -> Json.text(json, id));
    json.writeEndArray();
    json.writeEndObject();
  }

  /**
   * Writes the object {@code data} of a metrics frame.
   *
   * @param json where a value may be
   * @param state the machine
   * @param status whether it is heard from
   * @param wanted which metrics
   */
  public static void cycle(
      JsonGenerator json, MachineState state, MachineStatus status, Predicate<String> wanted) {
    json.writeStartObject();
    identity(json, state, status);
    metrics(json, state, wanted);
    json.writeName("processes");
    ValueWriter.processes(json, state.processes());
    json.writeEndObject();
  }

  /**
   * {@return the frame that tells what a machine is: its names, tags and inventory, and its status}
   *
   * @param at when that is told
   * @param state the machine
   * @param status whether it is heard from
   */
  public static byte[] described(Instant at, MachineState state, MachineStatus status) {
    return Json.object(
        json -> {
          ValueWriter.begin(json, "machine", at);
          identity(json, state, status);
          description(json, state);
        });
  }

  private static void identity(JsonGenerator json, MachineState state, MachineStatus status) {
    json.writeStringProperty("machine_id", state.machineId());
    ValueWriter.text(json, "hostname", state.resource().hostname());
    json.writeStringProperty("status", status.text());
  }

  private static void description(JsonGenerator json, MachineState state) {
    json.writeName("tags");
    ValueWriter.texts(json, state.resource().tags());
    json.writeName("resource");
    ValueWriter.resource(json, state.resource());
  }

  private static void metrics(JsonGenerator json, MachineState state, Predicate<String> wanted) {
    json.writeArrayPropertyStart("metrics");
    for (var sample : state.samples()) {
      if (wanted.test(sample.metric())) {
        ValueWriter.sample(json, sample.metric(), sample.labels(), sample.value());
      }
    }
    json.writeEndArray();
  }
}
