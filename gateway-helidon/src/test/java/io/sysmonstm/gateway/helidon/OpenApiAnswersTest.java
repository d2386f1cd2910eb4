package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resolution;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.json.Json;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds real answers, and the examples, against the schemas that the API's document gives. */
class OpenApiAnswersTest {
  private static final String DOCUMENT = "urn:sysmonstm:openapi";

  private final GatewayFixture fixture = new GatewayFixture();
  private final String text = fixture.get("/api/v1/openapi.json").body();
  private final Map<String, @Nullable Object> document = json(text);
  private final SchemaRegistry schemas =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Map.of(DOCUMENT, text)));

  @BeforeEach
  void fill() {
    long now = fixture.time.instant().toEpochMilli();
    fixture.fleet.bus.publish(
        fixture
            .batch("a", 1)
            .sample("cpu_percent", 12.5)
            .sample("disk_percent", Labels.of("mount", "/"), 90)
            .processes(new TopProcess(1, "init", "root", 0.5, 1024))
            .event());
    fixture.fleet.history.result =
        new HistoryResult(
            Resolution.MINUTE,
            Duration.ofMinutes(1),
            List.of(
                new HistorySeries(
                    "a", "cpu_percent", Labels.empty(), new long[] {now}, new double[] {1.5})));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Schema at(String pointer) {
    return schemas.getSchema(SchemaLocation.of(DOCUMENT + "#" + pointer));
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  private void assertDescribed(String method, String pattern, HttpResponse<String> response) {
    var status = Integer.toString(response.statusCode());
    var type = response.headers().firstValue("Content-Type").orElseThrow().split(";", 2)[0];
    var operation = "/paths/" + escaped(pattern) + '/' + method.toLowerCase(Locale.ROOT);
    var answer = operation + "/responses/" + status;
    var described = map(follow(answer));
    if (described.get("$ref") instanceof String reference) {
      answer = reference.substring(1);
    }
    assertThat(map(map(follow(answer)).get("content")))
        .as("%s %s %s", method, pattern, status)
        .containsKey(type);
    var schema = at(answer + "/content/" + escaped(type) + "/schema");
    assertThat(schema.validate(response.body(), InputFormat.JSON))
        .as("%s %s answered %s: %s", method, pattern, status, response.body())
        .extracting(Error::toString)
        .isEmpty();
  }

  private @Nullable Object follow(String pointer) {
    @Nullable Object node = document;
    for (var step : pointer.substring(1).split("/", -1)) {
      node = map(node).get(step.replace("~1", "/").replace("~0", "~"));
    }
    return node;
  }

  @ParameterizedTest
  @CsvSource({
    "/health, /health",
    "/ready, /ready",
    "/api/v1/openapi.json, /api/v1/openapi.json",
    "/api/v1/machines, /api/v1/machines",
    "/api/v1/machines/{id}, /api/v1/machines/a",
    "/api/v1/machines/{id}, /api/v1/machines/nobody",
    "/api/v1/history, /api/v1/history?metric=cpu_percent",
    "/api/v1/history, /api/v1/history?metric=CPU&step=x",
    "/api/v1/alerts, /api/v1/alerts",
    "/api/v1/alerts, /api/v1/alerts?state=odd",
    "/api/v1/rules, /api/v1/rules",
    "/api/v1/rules/{name}, /api/v1/rules/none",
    "/api/v1/silences, /api/v1/silences",
  })
  void answersAreAsDescribed(String pattern, String call) {
    assertDescribed("GET", pattern, fixture.get(call));
  }

  @Test
  void answersWhileStoresAreDownAreAsDescribed() {
    fixture.fleet.history.down = true;

    assertDescribed("GET", "/api/v1/history", fixture.get("/api/v1/history?metric=cpu_percent"));
    assertDescribed("GET", "/ready", fixture.get("/ready"));
  }

  @Test
  void rulesAndSilencesAreAsDescribed() {
    var rule =
        "{\"name\":\"hot\",\"metric\":\"cpu_percent\",\"operator\":\"gt\",\"threshold\":90,\"severity\":\"warning\"}";
    assertDescribed(
        "PUT", "/api/v1/rules/{name}", fixture.send("PUT", "/api/v1/rules/hot?by=me", rule));
    assertDescribed("GET", "/api/v1/rules", fixture.get("/api/v1/rules"));
    assertDescribed("GET", "/api/v1/rules/{name}", fixture.get("/api/v1/rules/hot"));

    var silence = "{\"match\":{\"rule\":\"hot\"},\"for\":\"2h\",\"by\":\"me\"}";
    assertDescribed("POST", "/api/v1/silences", fixture.send("POST", "/api/v1/silences", silence));
    assertDescribed("GET", "/api/v1/silences", fixture.get("/api/v1/silences"));
    assertDescribed(
        "POST", "/api/v1/silences", fixture.send("POST", "/api/v1/silences", "{\"match\":{}}"));
  }

  @Test
  void aDocumentThatDescribedSomethingElseWouldBeNoticed() {
    var history = at("/components/schemas/History");

    assertThat(
            history.validate(
                "{\"resolution\":\"2m\",\"step_ms\":0,\"aggregates\":[],\"series\":[]}",
                InputFormat.JSON))
        .hasSize(1);
  }

  @Test
  void examplesAreAsDescribed() {
    var examples = new ArrayList<String>();
    examples(document, "", examples);

    assertThat(examples).isNotEmpty();
    for (var media : examples) {
      var example = Json.bytes(json -> Json.value(json, map(follow(media)).get("example")));
      assertThat(at(media + "/schema").validate(new String(example, UTF_8), InputFormat.JSON))
          .as(media)
          .isEmpty();
    }
  }

  private static void examples(@Nullable Object node, String pointer, List<String> found) {
    if (node instanceof Map<?, ?> map) {
      if (map.containsKey("example") && map.containsKey("schema")) {
        found.add(pointer);
      }
      map.forEach(
          (name, value) -> examples(value, pointer + '/' + escaped(name.toString()), found));
    }
  }
}
