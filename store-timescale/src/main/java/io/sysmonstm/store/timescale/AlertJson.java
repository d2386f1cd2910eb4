package io.sysmonstm.store.timescale;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.RuleFormat;
import io.sysmonstm.api.Silence;
import io.sysmonstm.api.SilenceFormat;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.json.Json;
import io.sysmonstm.json.ValueJson;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** The columns of alerts, rules and silences that are JSON, as PostgreSQL takes them. */
final class AlertJson {
  private AlertJson() {}

  static String labels(Labels labels) {
    var pairs = new LinkedHashMap<String, String>();
    labels.asMap().forEach((name, value) -> pairs.put(storable(name), storable(value)));
    return write(pairs);
  }

  // Whatever labels are stored: one that is refused would hide all alerts.
  static Labels labels(String json) throws SQLException {
    var pairs = new LinkedHashMap<String, String>();
    map(json).forEach((name, value) -> pairs.put(name.toString(), value.toString()));
    return Labels.of(pairs);
  }

  static String processes(List<TopProcess> processes) {
    return new String(ValueJson.write(processes.stream().map(AlertJson::storable).toList()), UTF_8);
  }

  static List<TopProcess> processes(String json) throws SQLException {
    return read(json, ValueJson::readProcesses);
  }

  static String rule(Rule rule) {
    return write(RuleFormat.write(rule));
  }

  static String silence(Silence silence) {
    return write(SilenceFormat.write(silence));
  }

  /** Returns an object with {@code old} and {@code new}, both JSON, each where there is one. */
  static String change(Optional<String> before, Optional<String> after) {
    var members = new ArrayList<String>();
    before.ifPresent(json -> members.add("\"old\":" + json));
    after.ifPresent(json -> members.add("\"new\":" + json));
    return "{" + String.join(",", members) + "}";
  }

  /** Returns the keys of a rule or silence. */
  static Map<?, ?> keys(String json) throws SQLException {
    return map(json);
  }

  /**
   * Returns a text that PostgreSQL takes: it knows neither the character 0 nor half a surrogate
   * pair, in whose place the replacement character comes.
   */
  static String storable(String text) {
    if (text.chars().noneMatch(c -> c == 0 || Character.isSurrogate((char) c))) {
      return text;
    }
    var storable = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c == 0 || Character.getType(c) == Character.SURROGATE ? '\uFFFD' : c)
        .forEach(storable::appendCodePoint);
    return storable.toString();
  }

  // JSON has no number for what is not one.
  private static TopProcess storable(TopProcess process) {
    return new TopProcess(
        process.pid(),
        storable(process.name()),
        storable(process.user()),
        Double.isFinite(process.cpuPercent()) ? process.cpuPercent() : 0,
        process.rssBytes());
  }

  private static String write(Map<String, ?> map) {
    return new String(Json.bytes(json -> Json.value(json, map)), UTF_8);
  }

  private static Map<?, ?> map(String json) throws SQLException {
    if (read(json, text -> Objects.requireNonNullElse(Json.read(text), ""))
        instanceof Map<?, ?> map) {
      return map;
    }
    throw new SQLException("a column is no JSON object", "22000");
  }

  private static <T> T read(String json, Function<byte[], T> reader) throws SQLException {
    try {
      return reader.apply(json.getBytes(UTF_8));
    } catch (RequestException e) {
      throw new SQLException("a column is not readable", "22000", e);
    }
  }
}
