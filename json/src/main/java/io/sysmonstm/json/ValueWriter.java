package io.sysmonstm.json;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MetricDescriptor;
import io.sysmonstm.api.MetricRegistry;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.api.Unit;
import io.sysmonstm.spi.AlertEvent;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/**
 * Writes values within other JSON. Their names and forms are the contract with every client.
 * Thread-safe, a generator is not.
 */
public final class ValueWriter {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  // What has years of four digits.
  private static final long YEAR_0 = -62_167_219_200L;
  private static final long YEAR_10000 = 253_402_300_800L;

  private ValueWriter() {}

  /**
   * {@return ISO-8601 in UTC with milliseconds}
   *
   * @param time any time; what is finer than a millisecond is cut off
   */
  public static String time(Instant time) {
    long seconds = time.getEpochSecond();
    return seconds < YEAR_0 || seconds >= YEAR_10000
        ? TIME.format(time)
        : Times.text(seconds, time.getNano() / 1_000_000);
  }

  /**
   * Writes the first properties of an event and of a frame: {@code type} and {@code timestamp}.
   *
   * @param json in an object
   * @param type what it is
   * @param timestamp when it happened
   */
  public static void begin(JsonGenerator json, String type, Instant timestamp) {
    json.writeStringProperty("type", type);
    json.writeStringProperty("timestamp", time(timestamp));
  }

  /**
   * Writes an object of texts.
   *
   * @param json where a value may be
   * @param texts names and values
   */
  public static void texts(JsonGenerator json, Map<String, String> texts) {
    json.writeStartObject();
    texts.forEach((name, value) -> text(json, name, value));
    json.writeEndObject();
  }

  /**
   * Writes what tells a series from others of its machine.
   *
   * @param json in an object
   * @param metric the metric's name
   * @param labels the labels
   */
  public static void series(JsonGenerator json, String metric, Labels labels) {
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

  /**
   * Writes a sample: its series and its value.
   *
   * @param json where a value may be
   * @param metric the metric's name
   * @param labels the labels
   * @param value finite, in the metric's unit
   */
  public static void sample(JsonGenerator json, String metric, Labels labels, double value) {
    json.writeStartObject();
    series(json, metric, labels);
    json.writeName("value");
    Json.number(json, value);
    json.writeEndObject();
  }

  /**
   * Writes the object {@code resource}: all but host name and tags, which stand beside it. What is
   * unknown is left out.
   *
   * @param json where a value may be
   * @param resource the machine's inventory
   */
  public static void resource(JsonGenerator json, Resource resource) {
    json.writeStartObject();
    inventory(json, resource);
    json.writeEndObject();
  }

  static void inventory(JsonGenerator json, Resource resource) {
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
  }

  private static void known(JsonGenerator json, String name, String text) {
    if (!text.isEmpty()) {
      text(json, name, text);
    }
  }

  /**
   * Writes an array of processes.
   *
   * @param json where a value may be
   * @param processes the processes
   */
  public static void processes(JsonGenerator json, Iterable<TopProcess> processes) {
    json.writeStartArray();
    for (var process : processes) {
      json.writeStartObject();
      json.writeNumberProperty("pid", process.pid());
      text(json, "name", process.name());
      text(json, "user", process.user());
      json.writeName("cpu_percent");
      Json.number(json, process.cpuPercent());
      json.writeNumberProperty("rss_bytes", process.rssBytes());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /**
   * Writes an Alert.
   *
   * @param json where a value may be
   * @param alert the alert
   */
  public static void alert(JsonGenerator json, Alert alert) {
    alert(json, alert, () -> {});
  }

  /**
   * Writes an Alert.
   *
   * @param json where a value may be
   * @param alert the alert
   * @param more writes further properties of it
   */
  public static void alert(JsonGenerator json, Alert alert, Runnable more) {
    json.writeStartObject();
    text(json, "id", alert.id());
    text(json, "rule", alert.rule());
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
    text(json, "fired_at", alert.firedAt().map(ValueWriter::time));
    text(json, "resolved_at", alert.resolvedAt().map(ValueWriter::time));
    text(json, "acknowledged_by", alert.acknowledgedBy());
    text(json, "message", alert.message());
    json.writeName("processes");
    processes(json, alert.processes());
    more.run();
    json.writeEndObject();
  }

  /**
   * {@return the text of a change}
   *
   * @param change of an alert
   */
  public static String text(AlertEvent.Change change) {
    return change.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Writes a property that is a text.
   *
   * @param json in an object
   * @param name the property's name
   * @param text any text
   */
  public static void text(JsonGenerator json, String name, String text) {
    json.writeName(name);
    Json.text(json, text);
  }

  /**
   * Writes a property that is a text, or null.
   *
   * @param json in an object
   * @param name the property's name
   * @param text any text, or none
   */
  public static void text(JsonGenerator json, String name, Optional<String> text) {
    json.writeName(name);
    text.ifPresentOrElse(value -> Json.text(json, value), json::writeNull);
  }
}
