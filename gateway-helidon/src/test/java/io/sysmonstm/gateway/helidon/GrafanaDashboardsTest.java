package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MetricKind;
import io.sysmonstm.api.MetricRegistry;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the dashboards against what there is to show. */
class GrafanaDashboardsTest {
  private static final Pattern EXPOSED = Pattern.compile("sysmonstm_[a-z0-9_]+");
  private static final Pattern IN_SQL = Pattern.compile("metric = '([a-z0-9_]+)'");
  private static final Pattern SAMPLE = Pattern.compile("(?m)^sysmonstm_[a-z0-9_]+");
  private static final int COLUMNS = 24;

  private static String text(String name) throws IOException {
    return Files.readString(Path.of("..", "docs", "grafana", name));
  }

  private static List<Map<String, @Nullable Object>> panels(String name) throws IOException {
    var panels = new ArrayList<Map<String, @Nullable Object>>();
    list(json(text(name)), "panels").forEach(panel -> panels.add(map(panel)));
    return panels;
  }

  /** The names of all samples of a machine that has every metric. */
  private static Set<String> exposed() {
    try (var fixture = new GatewayFixture()) {
      var now = fixture.time.instant();
      var samples =
          MetricRegistry.builtIn().all().stream()
              .map(metric -> new Sample(metric.name(), Labels.empty(), now, 1))
              .toList();
      fixture.fleet.current.put(
          new MachineState(
              "a", Resource.builder("a").build(), now, Duration.ofSeconds(5), samples, List.of()));
      return SAMPLE
          .matcher(fixture.get("/metrics").body())
          .results()
          .map(MatchResult::group)
          .collect(Collectors.toSet());
    }
  }

  @Test
  void everyMetricOfThePrometheusDashboardIsExposed() throws IOException {
    var named = new TreeSet<String>();
    for (var panel : panels("prometheus.json")) {
      if (panel.containsKey("targets")) {
        for (var target : list(panel, "targets")) {
          var expression = String.valueOf(map(target).get("expr"));
          EXPOSED.matcher(expression).results().map(MatchResult::group).forEach(named::add);
        }
      }
    }

    assertThat(named).hasSizeGreaterThan(20);
    assertThat(exposed()).containsAll(named);
  }

  @Test
  void everyMetricOfTheSqlDashboardIsInHistory() throws IOException {
    var named =
        IN_SQL.matcher(text("sql.json")).results().map(match -> match.group(1)).distinct().toList();

    assertThat(named).hasSizeGreaterThan(8);
    // History keeps no counters, but their rates.
    assertThat(named)
        .allSatisfy(
            name ->
                assertThat(MetricRegistry.builtIn().find(name))
                    .get()
                    .satisfies(metric -> assertThat(metric.kind()).isEqualTo(MetricKind.GAUGE)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"prometheus.json", "sql.json"})
  void panelsHaveIdsOfTheirOwnAndDoNotOverlap(String name) throws IOException {
    var ids = new TreeSet<String>();
    var cells = new TreeSet<String>();
    for (var panel : panels(name)) {
      assertThat(ids.add(String.valueOf(panel.get("id")))).isTrue();
      var place = map(panel.get("gridPos"));
      for (int x = number(place, "x"); x < number(place, "x") + number(place, "w"); x++) {
        assertThat(x).isLessThan(COLUMNS);
        for (int y = number(place, "y"); y < number(place, "y") + number(place, "h"); y++) {
          assertThat(cells.add(x + " " + y)).as("%s at %d %d", panel.get("title"), x, y).isTrue();
        }
      }
    }
  }

  private static int number(Map<String, @Nullable Object> object, String name) {
    return Integer.parseInt(String.valueOf(object.get(name)));
  }
}
