package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Account;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Before there is an account, on a loopback address that a proxy passes requests on to. */
class GatewayProxyTest {
  private static final String MACHINES = "/api/v1/machines";
  private static final String SESSION = "/api/v1/session";

  static Stream<UnaryOperator<GatewayBuilder>> settingsOfProxies() {
    return Stream.of(
        builder -> builder.trustedProxies(List.of("127.0.0.1")),
        builder -> builder.allowedHosts(List.of("monitor.example.org")));
  }

  @ParameterizedTest
  @MethodSource("settingsOfProxies")
  @DisplayName("row 8: who names proxies or hosts has everybody log in from the start")
  void settingsOfProxiesNeedALogin(UnaryOperator<GatewayBuilder> settings) {
    try (var log = new LogCapture();
        var gateway =
            new GatewayFixture(builder -> settings.apply(GatewayFixture.still(builder)))) {
      assertProblem(gateway.get(MACHINES), 401, "UNAUTHENTICATED");
      assertThat(Login.first(gateway, "ada", log).get(MACHINES).statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "X-Forwarded-For,192.0.2.7",
    "X-Forwarded-Host,monitor.example.org",
    "X-Forwarded-Proto,https",
    "Forwarded,for=192.0.2.7",
    "Via,1.1 proxy",
    "X-Real-IP,192.0.2.7"
  })
  @DisplayName("row 8: who comes through a proxy logs in, and makes no account without the code")
  void whoComesThroughAProxyLogsIn(String header, String value) {
    try (var log = new LogCapture();
        var gateway = new GatewayFixture(GatewayFixture::still)) {
      gateway.settle();
      assertThat(gateway.get(MACHINES).statusCode()).as("on this machine").isEqualTo(200);
      assertThat(log.of("setup_code")).isEmpty();

      assertProblem(gateway.get(MACHINES, header, value), 401, "UNAUTHENTICATED");
      assertThat(json(gateway.get(SESSION, header, value)))
          .containsEntry("login_required", true)
          .containsEntry("setup_needed", true);
      var body = "{\"code\":\"%s\",\"name\":\"ada\",\"password\":\"%s\"}";
      assertProblem(
          gateway.send(
              "POST", "/api/v1/setup", body.formatted("wrong", Login.PASSWORD), header, value),
          401,
          "UNAUTHENTICATED");
      var made =
          gateway.send(
              "POST",
              "/api/v1/setup",
              body.formatted(Login.code(log), Login.PASSWORD),
              header,
              value);

      assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
      assertThat(gateway.fleet.access.accounts()).extracting(Account::name).containsExactly("ada");
    }
  }

  @Test
  @DisplayName(
      "row 8: a viewer through a proxy stays one: what its token was good for ends with it")
  void aViewerThroughAProxyIsLookedAtAsOneAgain() {
    try (var gateway = new GatewayFixture(GatewayFixture::still)) {
      var token = new Login(gateway).token("read");
      var here = new Viewer(gateway);
      var viewer = new Viewer(gateway, token[0], token[1], "X-Forwarded-For", "192.0.2.7");
      gateway.pass(Duration.ofSeconds(30));
      assertThat(viewer.closed).isNotDone();

      var id = gateway.fleet.access.apiTokens().getFirst().id();
      assertThat(gateway.send("DELETE", "/api/v1/api-tokens/" + id, "").statusCode())
          .isEqualTo(204);
      gateway.pass(Duration.ofSeconds(30));

      assertThat(viewer.closeCode()).isEqualTo(1008);
      assertThat(here.closed).isNotDone();
    }
  }

  @Test
  @DisplayName("row 10: where a proxy speaks HTTPS, a page in plain text is none of ours")
  void aProxyThatSpeaksHttps() {
    try (var gateway =
        new GatewayFixture(
            builder -> GatewayFixture.still(builder).trustedProxies(List.of("127.0.0.1")))) {
      var own = "127.0.0.1:" + gateway.address.getPort();
      String[] secure = {"X-Forwarded-Proto", "https", "Origin", "http://" + own};
      var body = Login.body("ada", Login.PASSWORD);

      assertThat(
              gateway
                  .get("/health", "X-Forwarded-Proto", "https")
                  .headers()
                  .firstValue("Strict-Transport-Security"))
          .isPresent();
      assertThat(gateway.get("/health").headers().firstValue("Strict-Transport-Security"))
          .isEmpty();
      assertProblem(gateway.send("POST", "/api/v1/login", body, secure), 403, "PERMISSION_DENIED");
      for (var origin : List.of("http://" + own, "https://" + own)) {
        assertProblem(
            gateway.send("POST", "/api/v1/login", body, "Origin", origin), 401, "UNAUTHENTICATED");
      }
    }
  }

  @Test
  @DisplayName("row 8: while nobody knows whether there is an account, none is said to be there")
  void theStoreHasNeverAnswered() {
    try (var gateway =
        new GatewayFixture(GatewayFixture::still, fleet -> fleet.access.unavailable(true))) {
      var body = Login.body("ada", Login.PASSWORD);
      assertProblem(gateway.send("POST", "/api/v1/setup", body), 503, "UNAVAILABLE");

      gateway.fleet.access.unavailable(false);
      assertThat(gateway.send("POST", "/api/v1/setup", body).statusCode()).isEqualTo(201);
      assertProblem(gateway.send("POST", "/api/v1/setup", body), 409, "FAILED_PRECONDITION");
    }
  }

  @Test
  void whoTurnsLoginsOffMeansIt() {
    try (var gateway =
        new GatewayFixture(
            builder ->
                GatewayFixture.still(builder)
                    .login(LoginMode.OFF)
                    .trustedProxies(List.of("127.0.0.1")))) {
      assertThat(gateway.get(MACHINES, "X-Forwarded-For", "192.0.2.7").statusCode()).isEqualTo(200);
    }
  }
}
