package io.sysmonstm.gateway.helidon.internal.json;

import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Sample;
import io.sysmonstm.json.Json;
import io.sysmonstm.json.ValueWriter;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;

/** The objects of the API in JSON; names and forms are the contract with every client. */
public final class ApiJson {
  private ApiJson() {}

  /** Writes a Machine. */
  public static void machine(
      JsonGenerator json, MachineState state, MachineStatus status, Collection<String> alertIds) {
    json.writeStartObject();
    identity(json, state, status);
    json.writeStringProperty("last_seen", ValueWriter.time(state.lastSeen()));
    json.writeName("tags");
    ValueWriter.texts(json, state.resource().tags());
    json.writeName("resource");
    ValueWriter.resource(json, state.resource());
    metrics(json, state, metric -> true);
    json.writeName("processes");
    ValueWriter.processes(json, state.processes());
    json.writeArrayPropertyStart("alerts");
    alertIds.forEach(json::writeString);
    json.writeEndArray();
    json.writeEndObject();
  }

  /**
   * Writes the object {@code data} of a metrics frame.
   *
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

  private static void identity(JsonGenerator json, MachineState state, MachineStatus status) {
    json.writeStringProperty("machine_id", state.machineId());
    ValueWriter.text(json, "hostname", state.resource().hostname());
    json.writeStringProperty("status", status.text());
  }

  private static void metrics(JsonGenerator json, MachineState state, Predicate<String> wanted) {
    json.writeArrayPropertyStart("metrics");
    for (Sample sample : state.samples()) {
      if (wanted.test(sample.metric())) {
        ValueWriter.sample(json, sample.metric(), sample.labels(), sample.value());
      }
    }
    json.writeEndArray();
  }

  /** Writes the answer to a question to history. */
  public static void history(JsonGenerator json, HistoryAnswer answer) {
    var result = answer.result();
    json.writeStartObject();
    json.writeStringProperty("resolution", result.resolution().text());
    json.writeNumberProperty("step_ms", result.step().toMillis());
    json.writeArrayPropertyStart("aggregates");
    answer.aggregates().forEach(json::writeString);
    json.writeEndArray();
    json.writeArrayPropertyStart("series");
    for (int i = 0; i < result.series().size(); i++) {
      points(
          json,
          result.series().get(i),
          answer.further().isEmpty() ? List.of() : answer.further().get(i));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void points(JsonGenerator json, HistorySeries series, List<double[]> further) {
    json.writeStartObject();
    json.writeStringProperty("machine_id", series.machineId());
    ValueWriter.series(json, series.metric(), series.labels());
    json.writeArrayPropertyStart("points");
    for (int i = 0; i < series.timesMillis().length; i++) {
      json.writeStartArray();
      json.writeNumber(series.timesMillis()[i]);
      Json.number(json, series.values()[i]);
      for (var column : further) {
        Json.number(json, column[i]);
      }
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
