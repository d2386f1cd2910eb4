package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.web.helidon.internal.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Holds the description of the API against what runs. */
class OpenApiTest {
  private final GatewayFixture fixture = new GatewayFixture();
  private final Map<String, @Nullable Object> document = json(fixture.get("/api/v1/openapi.json"));

  @AfterEach
  void close() {
    fixture.close();
  }

  private List<Route> routes() {
    return fixture.gateway.routes();
  }

  private Map<String, @Nullable Object> operation(Route route) {
    return map(
        map(map(document.get("paths")).get(route.pattern()))
            .get(route.method().toLowerCase(Locale.ROOT)));
  }

  @Test
  void describesExactlyTheRoutesThatRun() {
    var described = new TreeSet<String>();
    map(document.get("paths"))
        .forEach(
            (path, operations) ->
                map(operations)
                    .keySet()
                    .forEach(
                        method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path)));
    var running = new TreeSet<String>();
    routes().forEach(route -> running.add(route.method() + " " + route.pattern()));

    assertThat(document).containsEntry("openapi", "3.1.0");
    assertThat(described).isEqualTo(running);
  }

  @Test
  void describesExactlyTheParametersThatAreKnown() {
    for (var route : routes()) {
      var query = new TreeSet<String>();
      var path = new TreeSet<String>();
      var operation = operation(route);
      if (operation.containsKey("parameters")) {
        for (var parameter : list(operation, "parameters")) {
          var name = String.valueOf(map(parameter).get("name"));
          ("query".equals(map(parameter).get("in")) ? query : path).add(name);
        }
      }
      assertThat(query).as(route.pattern()).isEqualTo(new TreeSet<>(route.parameters()));
      for (var variable : path) {
        assertThat(route.pattern()).contains("{" + variable + "}");
      }
      assertThat(path).hasSize((int) route.pattern().chars().filter(c -> c == '{').count());
    }
  }

  @Test
  void everyDescribedRouteRuns() {
    for (var route : routes()) {
      var path = route.pattern().replaceAll("\\{[^}]+}", "x");
      var response = fixture.send(route.method(), path, "");

      assertThat(operation(route))
          .as("%s %s answered %d", route.method(), path, response.statusCode())
          .satisfies(
              operation ->
                  assertThat(map(operation.get("responses")))
                      .containsKey(Integer.toString(response.statusCode())));
    }
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    var references = new ArrayList<String>();
    collect(document, references);

    assertThat(references).isNotEmpty();
    for (var reference : Set.copyOf(references)) {
      @Nullable Object target = document;
      for (var step : reference.substring("#/".length()).split("/", -1)) {
        target = map(target).get(step);
      }
      assertThat(target).as(reference).isNotNull();
    }
  }

  private static void collect(@Nullable Object node, List<String> references) {
    if (node instanceof Map<?, ?> map) {
      if (map.get("$ref") instanceof String reference) {
        references.add(reference);
      }
      map.values().forEach(value -> collect(value, references));
    } else if (node instanceof List<?> list) {
      list.forEach(value -> collect(value, references));
    }
  }

  @Test
  void machinesHaveOnlyDescribedPropertiesAndAllRequiredOnes() {
    fixture.publishCpu("a", 1, 1);
    fixture.fleet.current.down = true;
    var machine = map(list(json(fixture.get("/api/v1/machines")), "machines").getFirst());

    var schema = map(map(map(document.get("components")).get("schemas")).get("Machine"));
    assertThat(map(schema.get("properties")).keySet()).containsAll(machine.keySet());
    var required = list(schema, "required").stream().map(String::valueOf).toList();
    assertThat(machine.keySet()).containsAll(required);
  }
}
