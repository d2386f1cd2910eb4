package io.sysmonstm.store.timescale;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.TopProcess;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The columns of alerts and rules that are JSON. */
final class AlertJson {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private AlertJson() {}

  static String labels(Labels labels) {
    var pairs = new LinkedHashMap<String, String>();
    labels.asMap().forEach((name, value) -> pairs.put(storable(name), storable(value)));
    return write(pairs);
  }

  static Labels labels(String json) throws SQLException {
    var pairs = new LinkedHashMap<String, String>();
    map(json).forEach((name, value) -> pairs.put(name.toString(), value.toString()));
    return Labels.of(pairs);
  }

  static String processes(List<TopProcess> processes) {
    return write(
        processes.stream()
            .map(
                process ->
                    Map.of(
                        "pid", process.pid(),
                        "name", storable(process.name()),
                        "user", storable(process.user()),
                        "cpu_percent", process.cpuPercent(),
                        "rss_bytes", process.rssBytes()))
            .toList());
  }

  static List<TopProcess> processes(String json) throws SQLException {
    try {
      var processes = new ArrayList<TopProcess>();
      for (JsonNode node : MAPPER.readTree(json)) {
        processes.add(
            new TopProcess(
                node.path("pid").asInt(),
                node.path("name").asString(),
                node.path("user").asString(),
                node.path("cpu_percent").asDouble(),
                node.path("rss_bytes").asLong()));
      }
      return processes;
    } catch (JacksonException e) {
      throw new SQLException("processes are not readable", e);
    }
  }

  static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  static Map<?, ?> map(String json) throws SQLException {
    try {
      return MAPPER.readValue(json, Map.class);
    } catch (JacksonException e) {
      throw new SQLException("a map is not readable", e);
    }
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
        .map(
            c ->
                c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                    ? '\uFFFD'
                    : c)
        .forEach(storable::appendCodePoint);
    return storable.toString();
  }
}
