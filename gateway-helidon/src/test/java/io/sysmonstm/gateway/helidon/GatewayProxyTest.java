package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Account;
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
