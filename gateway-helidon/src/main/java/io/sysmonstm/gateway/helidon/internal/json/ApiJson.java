package io.sysmonstm.gateway.helidon.internal.json;

import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.json.Json;
import io.sysmonstm.json.ValueWriter;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** The objects of the API in JSON; names and forms are the contract with every client. */
public final class ApiJson {
  private ApiJson() {}

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
