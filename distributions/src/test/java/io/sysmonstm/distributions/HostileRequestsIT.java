package io.sysmonstm.distributions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.Eventually;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts what breaks SQL, keys, paths and parsers in the place of each parameter that the description
 * of the API names, one after the other, against real stores.
 */
class HostileRequestsIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> HOSTILE =
      List.of(
          "'",
          "\"",
          "';--",
          "1; DROP TABLE alerts;--",
          "' OR '1'='1",
          "') union select password_hash from account--",
          "\u0000",
          "a\u0000b",
          "%",
          "_",
          "*",
          "a:b",
          "\n",
          "\r\nX-Injected: 1",
          "../../etc/passwd",
          "${jndi:ldap://x}",
          "{{7*7}}",
          "\ufffe\uffff",
          "\u202e",
          "-1",
          "1e999",
          "NaN",
          "9223372036854775808",
          "9999-99-99T99:99:99Z",
          "😀",
          "x".repeat(10_000));

  /** What is no UTF-8, or no encoding at all. */
  private static final List<String> HOSTILE_RAW =
      List.of(
          "%00", "%C0%80", "%FF%FE", "%ED%A0%80", "%", "%zz", "%2e%2e%2f", "a%00b", "+", "&&&=");

  // Without these, a call is refused before it comes to the store.
  private static final Map<String, String> USUAL =
      Map.of("metric", "cpu_percent", "from", "-1h", "to", "now");
  private static final Set<String> IDLE = Set.of("/ws");

  @Test
  @DisplayName("row 16, 23: no parameter breaks SQLite, and no answer tells of the inside")
  void breakNothingOnSqlite(@TempDir Path directory) {
    try (var standalone = RunningImage.standalone(directory.resolve("data"))) {
      attack(standalone);
    }
  }

  @Test
  @DisplayName("row 16, 23: no parameter breaks PostgreSQL, and no answer tells of the inside")
  void breakNothingOnPostgres(@TempDir Path directory) {
    try (var server = PostgresServer.create();
        var standalone =
            RunningImage.standalone(
                directory.resolve("data"),
                "--history.store",
                "timescale",
                "--timescale.url",
                server.createDatabase())) {
      Eventually.until(
          "history works",
          () ->
              standalone.send("GET", "/api/v1/history?metric=cpu_percent", "").statusCode() == 200);
      attack(standalone);
    }
  }

  private static void attack(RunningImage standalone) {
    var failed = new ArrayList<String>();
    int asked = 0;
    for (var operation : operations(standalone).entrySet()) {
      for (var request : requests(operation.getKey(), operation.getValue())) {
        int space = request.indexOf(' ');
        var answer = standalone.send(request.substring(0, space), request.substring(space + 1), "");
        asked++;
        if (answer.statusCode() >= 500 || tellsOfTheInside(answer.body())) {
          failed.add("%s: %d %s".formatted(shortened(request), answer.statusCode(), answer.body()));
        }
        assertThat(answer.headers().firstValue("X-Injected")).isEmpty();
      }
    }
    assertThat(failed).isEmpty();
    assertThat(asked).isGreaterThan(500);
    assertThat(standalone.send("GET", "/health", "").statusCode()).isEqualTo(200);
    assertThat(standalone.log()).doesNotContain("request_failed");
  }

  /** The query and path parameters of each operation, by method and path. */
  private static Map<String, JsonNode> operations(RunningImage standalone) {
    var operations = new TreeMap<String, JsonNode>();
    var paths = JSON.readTree(standalone.get("/api/v1/openapi.json")).get("paths");
    for (var path : paths.propertyNames()) {
      if (!IDLE.contains(path)) {
        for (var method : paths.get(path).propertyNames()) {
          operations.put(
              method.toUpperCase(Locale.ROOT) + " " + path,
              paths.get(path).get(method).path("parameters"));
        }
      }
    }
    return operations;
  }

  private static List<String> requests(String operation, JsonNode parameters) {
    var texts = new ArrayList<>(HOSTILE_RAW);
    HOSTILE.forEach(text -> texts.add(URLEncoder.encode(text, UTF_8).replace("+", "%20")));
    var requests = new ArrayList<String>();
    for (var parameter : parameters) {
      var name = parameter.get("name").asString();
      for (var text : texts) {
        // The client itself refuses what is no URI.
        var sent = text.matches(".*%(?![0-9A-Fa-f]{2}).*") ? "%25" : text;
        requests.add(
            parameter.get("in").asString().equals("path")
                ? filled(operation.replace("{" + name + "}", sent))
                : filled(operation) + query(parameters, name, sent));
      }
    }
    return requests;
  }

  private static String filled(String operation) {
    return operation.replaceAll("\\{[^}]+}", "x");
  }

  private static String query(JsonNode parameters, String name, String text) {
    var query = new StringBuilder("?").append(name.replace("*", "mount")).append('=').append(text);
    for (var other : parameters) {
      var usual = USUAL.get(other.get("name").asString());
      if (usual != null && !other.get("name").asString().equals(name)) {
        query.append('&').append(other.get("name").asString()).append('=').append(usual);
      }
    }
    return query.toString();
  }

  private static boolean tellsOfTheInside(String body) {
    return List.of(
            "SELECT ", "INSERT ", "SQLSTATE", "org.sqlite", "org.postgresql", "\tat ", "java.lang")
        .stream()
        .anyMatch(body::contains);
  }

  private static String shortened(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }
}
