package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;

/** What every answer and every problem must have. */
final class Answers {
  private Answers() {}

  static void assertProblem(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(json(response))
        .containsEntry("status", status)
        .containsEntry("code", code)
        .containsKeys("type", "title", "detail");
    assertThat(response.body()).doesNotContain("Exception", "at io.", ".java");
    assertSecurityHeaders(response);
  }

  static void assertSecurityHeaders(HttpResponse<String> response) {
    assertThat(response.headers().firstValue("Content-Security-Policy"))
        .contains(
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(response.headers().firstValue("Referrer-Policy")).contains("no-referrer");
  }
}
