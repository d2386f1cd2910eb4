package io.sysmonstm.gateway.helidon.internal.json;

import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.json.Json;
import io.sysmonstm.json.ValueWriter;
import tools.jackson.core.JsonGenerator;

/** The objects of the API in JSON; names and forms are the contract with every client. */
public final class ApiJson {
  private ApiJson() {}

  /** Writes the answer to a question to history. */
  public static void history(JsonGenerator json, HistoryResult result) {
    json.writeStartObject();
    json.writeStringProperty("resolution", result.resolution().text());
    json.writeNumberProperty("step_ms", result.step().toMillis());
    json.writeArrayPropertyStart("series");
    result.series().forEach(series -> points(json, series));
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void points(JsonGenerator json, HistorySeries series) {
    json.writeStartObject();
    json.writeStringProperty("machine_id", series.machineId());
    ValueWriter.series(json, series.metric(), series.labels());
    json.writeArrayPropertyStart("points");
    for (int i = 0; i < series.timesMillis().length; i++) {
      json.writeStartArray();
      json.writeNumber(series.timesMillis()[i]);
      Json.number(json, series.values()[i]);
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
