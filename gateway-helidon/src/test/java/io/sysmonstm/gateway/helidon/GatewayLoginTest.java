package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Account;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Getting in, staying in, and leaving. */
class GatewayLoginTest {
  private static final String MACHINES = "/api/v1/machines";

  private final GatewayFixture fixture = new GatewayFixture(GatewayFixture::still);

  @AfterEach
  void close() {
    fixture.close();
  }

  private HttpResponse<String> login(String name, String password, String... headers) {
    return fixture.send("POST", "/api/v1/login", Login.body(name, password), headers);
  }

  private static GatewayFixture required() {
    return new GatewayFixture(builder -> GatewayFixture.still(builder).login(LoginMode.REQUIRED));
  }

  @Test
  @DisplayName("row 8: on loopback nobody logs in until there is an account, then everybody")
  void theFirstLookNeedsNoLogin() {
    assertThat(fixture.get(MACHINES).statusCode()).isEqualTo(200);
    assertThat(json(fixture.get("/api/v1/session")))
        .containsEntry("account", null)
        .containsEntry("login_required", false)
        .containsEntry("setup_needed", true);

    var admin = Login.first(fixture, "ada");

    assertProblem(fixture.get(MACHINES), 401, "UNAUTHENTICATED");
    assertThat(fixture.get(MACHINES).headers().firstValue("WWW-Authenticate"))
        .contains("Bearer realm=\"sysmonstm\"");
    assertThat(admin.get(MACHINES).statusCode()).isEqualTo(200);
    assertThat(json(admin.get("/api/v1/session")))
        .containsEntry("account", "ada")
        .containsEntry("role", "admin")
        .containsEntry("login_required", true)
        .containsEntry("setup_needed", false);
    assertThat(fixture.get("/").statusCode()).as("the page itself").isEqualTo(200);
  }

  @Test
  @DisplayName("row 8: the code in the log makes the first admin, once and within an hour")
  void theSetupCodeMakesTheFirstAdmin() {
    try (var log = new LogCapture();
        var gateway = required()) {
      gateway.settle();
      var code = Login.code(log);
      assertProblem(gateway.get(MACHINES), 401, "UNAUTHENTICATED");
      var wrong = "{\"code\":\"X%s\",\"name\":\"ada\",\"password\":\"%s\"}";
      assertProblem(
          gateway.send("POST", "/api/v1/setup", wrong.formatted(code, Login.PASSWORD)),
          401,
          "UNAUTHENTICATED");
      var right =
          wrong.replace("X%s", "%s").formatted(code.toLowerCase(Locale.ROOT), Login.PASSWORD);
      assertThat(gateway.send("POST", "/api/v1/setup", right).statusCode()).isEqualTo(201);
      assertProblem(gateway.send("POST", "/api/v1/setup", right), 409, "FAILED_PRECONDITION");
      assertThat(gateway.fleet.access.accounts()).extracting(Account::name).containsExactly("ada");
    }
  }

  @Test
  @DisplayName("row 8: the code expires, and is not logged again")
  void theSetupCodeExpires() {
    try (var log = new LogCapture();
        var gateway = required()) {
      gateway.settle();
      gateway.time.advance(Duration.ofHours(1));
      gateway.settle();
      var body =
          "{\"code\":\"%s\",\"name\":\"ada\",\"password\":\"%s\"}"
              .formatted(Login.code(log), Login.PASSWORD);
      assertProblem(gateway.send("POST", "/api/v1/setup", body), 401, "UNAUTHENTICATED");
      assertThat(log.of("setup_code")).hasSize(1);
    }
  }

  @Test
  @DisplayName("row 8: an unknown account is refused as a wrong password is")
  void anUnknownAccountIsNotTold() {
    Login.first(fixture, "ada");

    assertThat(login("nobody", Login.PASSWORD).body()).isEqualTo(login("ada", "wrong").body());
  }

  @Test
  @DisplayName("row 10: the cookie is out of reach of scripts and of other sites")
  void theCookieIsStrict() {
    Login.first(fixture, "ada");
    assertThat(Login.setCookie(login("ada", Login.PASSWORD)))
        .matches(
            "sysmonstm-session=[0-9a-f]{64}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict");
  }

  @Test
  @DisplayName(
      "row 10: a login ends the session that the browser had, and takes no cookie of others")
  void sessionsCannotBeFixed() {
    Login.first(fixture, "ada");
    var chosen = "sysmonstm-session=" + "ab".repeat(32);
    var first = login("ada", Login.PASSWORD, "Cookie", chosen);
    var cookie = Login.setCookie(first).split(";", 2)[0];
    assertThat(cookie).isNotEqualTo(chosen);
    assertProblem(fixture.get(MACHINES, "Cookie", chosen), 401, "UNAUTHENTICATED");

    assertThat(login("ada", Login.PASSWORD, "Cookie", cookie).statusCode()).isEqualTo(200);
    assertProblem(fixture.get(MACHINES, "Cookie", cookie), 401, "UNAUTHENTICATED");
  }

  @Test
  @DisplayName("row 10: a session ends after half an hour without use")
  void anIdleSessionEnds() {
    var admin = Login.first(fixture, "ada");
    for (int i = 0; i < 3; i++) {
      fixture.time.advance(Duration.ofMinutes(29));
      assertThat(admin.get(MACHINES).statusCode()).isEqualTo(200);
      fixture.settle();
    }
    fixture.time.advance(Duration.ofMinutes(30));
    assertProblem(admin.get(MACHINES), 401, "UNAUTHENTICATED");
  }

  @Test
  @DisplayName("row 10: a session ends after twelve hours, however much it is used")
  void noSessionIsForEver() {
    var admin = Login.first(fixture, "ada");
    for (int i = 0; i < 36; i++) {
      assertThat(admin.get(MACHINES).statusCode()).as("after %d x 20 min", i).isEqualTo(200);
      fixture.settle();
      fixture.time.advance(Duration.ofMinutes(20));
    }
    assertProblem(admin.get(MACHINES), 401, "UNAUTHENTICATED");
  }

  @Test
  @DisplayName("row 10: unsafe calls repeat the session's token; a bearer token needs none")
  void unsafeCallsRepeatTheToken() {
    var admin = Login.first(fixture, "ada");
    var rule = "{\"metric\":\"cpu_percent\",\"operator\":\"gt\",\"threshold\":90}";
    var other = Login.of(fixture, "ada");
    for (var headers :
        new String[][] {
          {"Cookie", admin.cookie()},
          {"Cookie", admin.cookie(), "X-CSRF-Token", other.csrfToken()},
        }) {
      assertProblem(
          fixture.send("PUT", "/api/v1/rules/x", rule, headers), 403, "PERMISSION_DENIED");
      assertProblem(fixture.send("POST", "/api/v1/logout", "", headers), 403, "PERMISSION_DENIED");
    }
    assertThat(fixture.fleet.alerts.rules()).isEmpty();
    assertThat(admin.send("PUT", "/api/v1/rules/x", rule).statusCode()).isEqualTo(201);
    assertThat(fixture.send("PUT", "/api/v1/rules/y", rule, admin.token("admin")).statusCode())
        .isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "null",
        "http://127.0.0.1.evil.example",
        "http://evil127.0.0.1"
      })
  @DisplayName("row 10: a foreign page changes nothing and logs nobody in, whatever it sends")
  void aForeignPageIsRefused(String origin) {
    var admin = Login.first(fixture, "ada");
    assertProblem(
        admin.send("POST", "/api/v1/logout", "", "Origin", origin), 403, "PERMISSION_DENIED");
    assertProblem(login("ada", Login.PASSWORD, "Origin", origin), 403, "PERMISSION_DENIED");
  }

  @Test
  void whoLogsOutIsOut() {
    var admin = Login.first(fixture, "ada");
    var other = Login.of(fixture, "ada");

    var left = admin.send("POST", "/api/v1/logout", "");

    assertThat(left.statusCode()).isEqualTo(204);
    assertThat(Login.setCookie(left)).contains("Max-Age=0");
    assertProblem(admin.get(MACHINES), 401, "UNAUTHENTICATED");
    assertThat(other.get(MACHINES).statusCode()).isEqualTo(200);
  }

  @Test
  void whoLogsOutEverywhereIsOutEverywhere() {
    var admin = Login.first(fixture, "ada");
    var other = Login.of(fixture, "ada");

    assertThat(admin.send("POST", "/api/v1/logout?everywhere=true", "").statusCode())
        .isEqualTo(204);

    assertProblem(other.get(MACHINES), 401, "UNAUTHENTICATED");
  }

  @Test
  void aNewPasswordLeavesOneSession() {
    var admin = Login.first(fixture, "ada");
    var other = Login.of(fixture, "ada");
    var change = "{\"current\":\"%s\",\"password\":\"%s\"}";
    var path = "/api/v1/session/password";
    assertProblem(
        admin.send("PUT", path, change.formatted("wrong", "another good one")),
        403,
        "PERMISSION_DENIED");
    assertProblem(
        admin.send("PUT", path, change.formatted(Login.PASSWORD, "short")),
        400,
        "INVALID_ARGUMENT");

    var changed = admin.send("PUT", path, change.formatted(Login.PASSWORD, "another good one"));

    assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
    assertProblem(other.get(MACHINES), 401, "UNAUTHENTICATED");
    assertProblem(admin.get(MACHINES), 401, "UNAUTHENTICATED");
    assertThat(admin.begun(changed).get(MACHINES).statusCode()).isEqualTo(200);
    assertProblem(login("ada", Login.PASSWORD), 401, "UNAUTHENTICATED");
    assertThat(login("ada", "another good one").statusCode()).isEqualTo(200);
  }

  @Test
  void aWeakHashIsReplacedAtTheNextLogin() {
    Login.first(fixture, "ada");
    var weak =
        new Account(
            "old",
            Account.Role.VIEWER,
            Optional.of(WeakHash.of(Login.PASSWORD)),
            Optional.empty(),
            fixture.time.instant());
    fixture.fleet.access.addAccount(weak, fixture.fleet.entry("account_added", "old"));

    assertThat(login("old", Login.PASSWORD).statusCode()).isEqualTo(200);

    assertThat(fixture.fleet.access.account("old").flatMap(Account::passwordHash).orElseThrow())
        .startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    assertThat(login("old", Login.PASSWORD).statusCode()).isEqualTo(200);
  }

  @Test
  void whoIsInStaysInWhileTheStoreIsAway() {
    var admin = Login.first(fixture, "ada");
    assertThat(admin.get(MACHINES).statusCode()).isEqualTo(200);
    fixture.fleet.access.unavailable(true);
    fixture.time.advance(Duration.ofMinutes(10));

    assertThat(admin.get(MACHINES).statusCode()).isEqualTo(200);
    assertProblem(login("ada", Login.PASSWORD), 503, "UNAVAILABLE");
    assertProblem(
        fixture.get(MACHINES, "Cookie", "sysmonstm-session=" + "ab".repeat(32)),
        503,
        "UNAVAILABLE");
    assertThat(fixture.get("/health").statusCode()).isEqualTo(200);

    fixture.time.advance(Duration.ofMinutes(10));
    assertProblem(admin.get(MACHINES), 503, "UNAVAILABLE");
  }

  @Test
  void whileNobodyKnowsWhetherThereIsAnAccountNobodyIsLetIn() {
    try (var away =
        new GatewayFixture(GatewayFixture::still, fleet -> fleet.access.unavailable(true))) {
      assertProblem(away.get(MACHINES), 401, "UNAUTHENTICATED");
      away.fleet.access.unavailable(false);
      away.settle();
      assertThat(away.get(MACHINES).statusCode()).isEqualTo(200);
    }
  }
}
