package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.Answers.assertSecurityHeaders;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayRoutesTest {
  private final GatewayFixture fixture = new GatewayFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void anUnknownRouteIs404() {
    assertProblem(fixture.get("/api/v1/nothing"), 404, "NOT_FOUND");
    assertProblem(fixture.get("/api/v2/machines"), 404, "NOT_FOUND");
  }

  @Test
  void aPathOfThousandsOfSegmentsIs404Too() {
    assertProblem(fixture.get("/a".repeat(2_000) + "/x.js"), 404, "NOT_FOUND");
    assertProblem(fixture.get("/a".repeat(7_000)), 404, "NOT_FOUND");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST   | /api/v1/machines | GET, HEAD",
        "PATCH  | /api/v1/rules/x  | DELETE, GET, HEAD, PUT",
        "GET    | /api/v1/alerts/x/acknowledge | POST",
        "DELETE | /lib/uplot/uPlot.esm.js | GET, HEAD"
      })
  void anotherMethodIs405WithThoseThatAreAllowed(String method, String path, String allowed) {
    var response = fixture.send(method, path, "");

    assertProblem(response, 405, "INVALID_ARGUMENT");
    assertThat(response.headers().firstValue("Allow")).contains(allowed);
  }

  @Test
  @DisplayName("row 20: a body over 1 MiB is refused")
  void aBodyOverOneMebibyteIs413() {
    var large = "x".repeat((1 << 20) + 1);

    assertProblem(fixture.send("PUT", "/api/v1/rules/x", large), 413, "INVALID_ARGUMENT");
    assertThat(fixture.get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void headIsGetWithoutTheBody() {
    var get = fixture.get("/api/v1/rules");
    var head = fixture.send("HEAD", "/api/v1/rules", "");

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length"))
        .contains(Integer.toString(get.body().length()));
  }

  @Test
  void theChartLibraryIsServedAndKeptByTheBrowser() {
    var first = fixture.get("/lib/uplot/uPlot.min.css");

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.headers().firstValue("Content-Type")).contains("text/css; charset=utf-8");
    assertThat(first.headers().firstValue("Cache-Control")).contains("no-cache");
    assertSecurityHeaders(first);
    var again =
        fixture.get(
            "/lib/uplot/uPlot.min.css",
            "If-None-Match",
            first.headers().firstValue("ETag").orElseThrow());
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(fixture.get("/lib/uplot/uPlot.esm.js").body()).contains("export");
  }

  @ParameterizedTest
  @CsvSource({
    "/module-info.class",
    "/../module-info.class",
    "/%2e%2e/Gateway.class",
    "/lib/",
    "/lib/uplot",
    "/Gateway.class",
    "/js/..%2f..%2fopenapi.json"
  })
  void nothingElseOfTheModuleIsServed(String path) {
    assertThat(fixture.get(path).statusCode()).isIn(400, 404);
  }

  @Test
  void aPlainGetOfTheWebSocketIsToldToUpgrade() {
    assertProblem(fixture.get("/ws"), 426, "FAILED_PRECONDITION");
  }
}
