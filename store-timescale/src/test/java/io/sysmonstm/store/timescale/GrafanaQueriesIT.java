package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.json.Json;
import io.sysmonstm.test.servers.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs every query of the dashboard for SQL, with Grafana's macros in place. */
class GrafanaQueriesIT {
  private static final Pattern METRIC = Pattern.compile("metric = '([a-z0-9_]+)'");

  private static PostgresServer server;

  @TempDir private Path directory;
  private String url;
  private HistoryRig rig;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.create();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void open() {
    url = server.createDatabase();
    rig = new HistoryRig(directory, url);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private static List<String> queries() throws IOException {
    var dashboard = Json.read(Files.readAllBytes(Path.of("..", "docs", "grafana", "sql.json")));
    var found = new ArrayList<String>();
    collect(dashboard, "rawSql", found);
    collect(dashboard, "query", found);
    return found.stream().filter(text -> text.startsWith("SELECT")).distinct().toList();
  }

  private static void collect(@Nullable Object node, String name, List<String> found) {
    if (node instanceof Map<?, ?> map) {
      if (map.get(name) instanceof String text) {
        found.add(text);
      }
      map.values().forEach(value -> collect(value, name, found));
    } else if (node instanceof List<?> list) {
      list.forEach(value -> collect(value, name, found));
    }
  }

  /** What Grafana's data source for PostgreSQL makes of its macros. */
  private String expanded(String query) {
    return query
        .replace(
            "$__timeFilter(time)",
            "time BETWEEN '%s' AND '%s'"
                .formatted(rig.begin.minusSeconds(1), rig.begin.plus(Duration.ofHours(1))))
        .replace(
            "$__timeGroupAlias(time, $__interval)",
            "floor(extract(epoch from time)/60)*60 AS \"time\"")
        .replace("$machine", "'web-1'");
  }

  /** A batch with every metric that is asked for. */
  private Batch batch(long seq, List<String> queries) {
    var batch = rig.batch("web-1", seq);
    queries.stream()
        .flatMap(query -> METRIC.matcher(query).results().map(match -> match.group(1)))
        .distinct()
        .forEach(metric -> batch.sample(metric, Labels.of("mode", "user"), 10));
    return batch.build();
  }

  @Test
  void eachAnswersWithWhatIsStored() throws IOException {
    var queries = queries();
    rig.store.append(List.of(batch(1, queries), batch(2, queries)));

    assertThat(queries).hasSizeGreaterThan(12);
    for (var query : queries) {
      assertThat(expanded(query)).as("a macro is left").doesNotContain("$");
      assertThat(PostgresServer.ask(url, expanded(query))).as(query).isNotEmpty();
    }
  }
}
