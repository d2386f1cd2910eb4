package io.sysmonstm.gateway.helidon.internal.json;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.MetricDescriptor;
import io.sysmonstm.api.MetricRegistry;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.api.Unit;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;

/** The objects of the API in JSON; names and forms are the contract with every client. */
public final class ApiJson {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private ApiJson() {}

  /** {@return ISO-8601 in UTC with milliseconds} */
  public static String time(Instant time) {
    return TIME.format(time);
  }

  /** Writes a Machine. */
  public static void machine(
      JsonGenerator json, MachineState state, MachineStatus status, Collection<String> alertIds) {
    json.writeStartObject();
    identity(json, state, status);
    json.writeStringProperty("last_seen", time(state.lastSeen()));
    json.writeName("tags");
    texts(json, state.resource().tags());
    json.writeName("resource");
    resource(json, state.resource());
    metrics(json, state, metric -> true);
    processes(json, state.processes());
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
    processes(json, state.processes());
    json.writeEndObject();
  }

  private static void identity(JsonGenerator json, MachineState state, MachineStatus status) {
    json.writeStringProperty("machine_id", state.machineId());
    json.writeStringProperty("hostname", state.resource().hostname());
    json.writeStringProperty("status", status.text());
  }

  private static void resource(JsonGenerator json, Resource resource) {
    json.writeStartObject();
    known(json, "os", resource.os());
    known(json, "os_version", resource.osVersion());
    known(json, "arch", resource.arch());
    known(json, "cpu_model", resource.cpuModel());
    if (resource.logicalCpus() > 0) {
      json.writeNumberProperty("logical_cpus", resource.logicalCpus());
    }
    if (resource.memoryBytes() > 0) {
      json.writeNumberProperty("memory_bytes", resource.memoryBytes());
    }
    resource.bootTime().ifPresent(boot -> json.writeStringProperty("boot_time", time(boot)));
    known(json, "collector_version", resource.collectorVersion());
    json.writeEndObject();
  }

  private static void known(JsonGenerator json, String name, String text) {
    if (!text.isEmpty()) {
      json.writeStringProperty(name, text);
    }
  }

  private static void metrics(JsonGenerator json, MachineState state, Predicate<String> wanted) {
    json.writeArrayPropertyStart("metrics");
    for (Sample sample : state.samples()) {
      if (wanted.test(sample.metric())) {
        json.writeStartObject();
        series(json, sample.metric(), sample.labels());
        json.writeName("value");
        Json.number(json, sample.value());
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private static void series(JsonGenerator json, String metric, Labels labels) {
    json.writeStringProperty("metric", metric);
    json.writeStringProperty("unit", unit(metric));
    json.writeName("labels");
    texts(json, labels.asMap());
  }

  private static String unit(String metric) {
    return MetricRegistry.builtIn()
        .find(metric)
        .map(MetricDescriptor::unit)
        .orElse(Unit.ONE)
        .symbol();
  }

  private static void processes(JsonGenerator json, Iterable<TopProcess> processes) {
    json.writeArrayPropertyStart("processes");
    for (var process : processes) {
      json.writeStartObject();
      json.writeNumberProperty("pid", process.pid());
      json.writeStringProperty("name", process.name());
      json.writeStringProperty("user", process.user());
      json.writeName("cpu_percent");
      Json.number(json, process.cpuPercent());
      json.writeNumberProperty("rss_bytes", process.rssBytes());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Writes an Alert. */
  public static void alert(JsonGenerator json, Alert alert) {
    json.writeStartObject();
    json.writeStringProperty("id", alert.id());
    json.writeStringProperty("rule", alert.rule());
    json.writeStringProperty("severity", alert.severity().text());
    json.writeStringProperty("state", alert.state().text());
    json.writeStringProperty("machine_id", alert.machineId());
    text(json, "metric", Optional.of(alert.metric()).filter(metric -> !metric.isEmpty()));
    json.writeName("labels");
    texts(json, alert.labels().asMap());
    json.writeName("value");
    Json.number(json, alert.value());
    json.writeName("threshold");
    Json.number(json, alert.threshold());
    json.writeStringProperty("started_at", time(alert.startedAt()));
    text(json, "fired_at", alert.firedAt().map(ApiJson::time));
    text(json, "resolved_at", alert.resolvedAt().map(ApiJson::time));
    text(json, "acknowledged_by", alert.acknowledgedBy());
    json.writeStringProperty("message", alert.message());
    processes(json, alert.processes());
    json.writeEndObject();
  }

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
    series(json, series.metric(), series.labels());
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

  private static void text(JsonGenerator json, String name, Optional<String> text) {
    json.writeName(name);
    text.ifPresentOrElse(json::writeString, json::writeNull);
  }

  private static void texts(JsonGenerator json, Map<String, String> texts) {
    json.writeStartObject();
    texts.forEach(json::writeStringProperty);
    json.writeEndObject();
  }
}
