package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.SignOnRig.assertRefused;
import static io.sysmonstm.gateway.helidon.SignOnRig.location;
import static io.sysmonstm.gateway.helidon.SignOnRig.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.testkit.OpenIdServer;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging in at an OpenID provider, from the gateway's side. */
class GatewaySignOnTest extends SignOnFixture {
  @Test
  @DisplayName("row 8: the first admin comes from the provider, and gets an account and a session")
  void theFirstAdmin() {
    assertThat(json(rig.gateway.get("/api/v1/session")))
        .containsEntry("oidc", "Example ID")
        .containsEntry("setup_needed", true);
    rig.person("4711", "ada", "ops");

    var answer = rig.logIn();

    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(location(answer)).isEqualTo("../../../../");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.headers().allValues("Set-Cookie"))
        .anyMatch(
            cookie ->
                cookie.matches(
                    "sysmonstm-session=[0-9a-f]{64}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"))
        .contains("sysmonstm-login=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    assertThat(json(rig.gateway.get("/api/v1/session", session(answer))))
        .containsEntry("account", "ada")
        .containsEntry("role", "admin")
        .containsEntry("login", "openid")
        .containsEntry("setup_needed", false);
    assertThat(account("ada").subject()).contains(rig.provider.issuer() + " 4711");
    assertThat(rig.lastAudit())
        .extracting(AuditEntry::action, AuditEntry::by, AuditEntry::detail)
        .containsExactly("login", "ada", "oidc");
  }

  @Test
  @DisplayName("row 8: a viewer is made at the first login, and found again at the next")
  void aViewer() {
    rig.localAdmin();
    rig.person("1", "bob", "staff");
    assertThat(rig.gateway.get(MACHINES, session(rig.logIn())).statusCode()).isEqualTo(200);

    // A new name changes nothing: the subject counts.
    rig.person("1", "robert", "staff");
    var again = session(rig.logIn());

    assertThat(json(rig.gateway.get("/api/v1/session", again)))
        .containsEntry("account", "bob")
        .containsEntry("role", "viewer");
    assertThat(rig.gateway.fleet.access.accounts())
        .extracting(Account::name)
        .containsExactly("bob", "root");
  }

  @Test
  @DisplayName("row 8: a viewer cannot be the first, since nobody could change anything")
  void theFirstOneIsAnAdmin() {
    rig.person("1", "bob", "staff");

    assertRefused("no-admin", rig.logIn());
    assertThat(rig.gateway.fleet.access.accounts()).isEmpty();
  }

  @Test
  @DisplayName("row 10: a login that began in another browser is refused, before anything is asked")
  void aLoginOfAnotherBrowserIsRefused() {
    rig.person("1", "eve", "ops");
    var mine = rig.vouched();
    var theirs = rig.vouched();

    assertRefused("expired", rig.gateway.get(mine.target()));
    assertRefused("expired", rig.gateway.get(SignOnRig.CALLBACK));
    assertRefused("refused", rig.complete(new SignOnRig.Vouched(theirs.cookie(), mine.target())));
    for (var cookie : List.of("", "x", "1.2.3", "99999999999..x", "0..x", "-1..x")) {
      assertRefused(
          "expired", rig.gateway.get(mine.target(), "Cookie", SignOnRig.COOKIE + "=" + cookie));
    }
    assertThat(rig.provider.asked(OpenIdServer.TOKEN)).isZero();
    assertThat(rig.gateway.fleet.access.accounts()).isEmpty();
  }

  @Test
  @DisplayName("row 8: a login is good once")
  void aLoginIsGoodOnce() {
    rig.person("1", "ada", "ops");
    var vouched = rig.vouched();
    assertThat(location(rig.complete(vouched))).doesNotContain("login=");

    assertRefused("refused", rig.complete(vouched));
  }

  @Test
  @DisplayName("row 8: a login has to end within ten minutes")
  void aLoginExpires() {
    rig.person("1", "ada", "ops");
    var vouched = rig.vouched();
    rig.gateway.time.advance(Duration.ofMinutes(10));

    assertRefused("expired", rig.complete(vouched));
    assertThat(rig.provider.asked(OpenIdServer.TOKEN)).isZero();
  }

  @Test
  @DisplayName("row 8: a name that another account has is not taken over")
  void aNameIsNotTakenOver() {
    rig.localAdmin().add("bob", "viewer");
    var before = account("bob");
    rig.person("1", "bob", "ops");

    assertRefused("name-taken", rig.logIn());

    assertThat(account("bob")).isEqualTo(before);
    rig.person("2", "carol", "staff");
    rig.logIn();
    rig.person("3", "carol", "ops");
    assertRefused("name-taken", rig.logIn());
    assertThat(account("carol").role()).isEqualTo(Role.VIEWER);
  }

  @Test
  void oneWhoComesTwiceAtATimeGetsOneAccount() throws Exception {
    rig.person("1", "ada", "ops");
    var browsers = List.of(rig.vouched(), rig.vouched(), rig.vouched(), rig.vouched());
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var done :
          executor.invokeAll(
              browsers.stream()
                  .map(one -> (Callable<HttpResponse<String>>) () -> rig.complete(one))
                  .toList())) {
        assertThat(location(done.get())).doesNotContain("login=");
      }
    }

    assertThat(rig.gateway.fleet.access.accounts())
        .extracting(Account::name)
        .containsExactly("ada");
  }

  @Test
  void anAccountThatAnAdminMadeForASubjectIsFound() {
    var admin = rig.localAdmin();
    var body =
        "{\"name\":\"bob from sales\",\"role\":\"viewer\",\"subject\":\"%s 1\"}"
            .formatted(rig.provider.issuer());
    assertThat(admin.send("POST", "/api/v1/accounts", body).statusCode()).isEqualTo(201);
    rig.person("1", "root", "staff");

    assertThat(json(rig.gateway.get("/api/v1/session", session(rig.logIn()))))
        .containsEntry("account", "bob from sales");
  }

  @Test
  void aNameThatCannotBeIsPassedOver() {
    rig.provider.person(
        "1",
        Map.of(
            "preferred_username",
            "x".repeat(65),
            "email",
            "ada@example.org",
            "email_verified",
            true,
            "groups",
            List.of("ops")));
    rig.logIn();

    assertThat(account("ada@example.org").role()).isEqualTo(Role.ADMIN);
  }

  @Test
  @DisplayName("row 8: whoever logs in at the provider has no password, and gets none")
  void thereIsNoPassword() {
    rig.person("1", "ada", "ops");
    var answer = rig.logIn();
    var csrf = json(rig.gateway.get("/api/v1/session", session(answer))).get("csrf_token");
    String[] headers = {
      "Cookie", SignOnRig.cookie(answer, "sysmonstm-session"), "X-CSRF-Token", csrf + ""
    };

    for (var password : List.of("", Login.PASSWORD)) {
      var tried = rig.gateway.send("POST", "/api/v1/login", Login.body("ada", password));
      var unknown = rig.gateway.send("POST", "/api/v1/login", Login.body("nobody", password));
      assertProblem(tried, 401, "UNAUTHENTICATED");
      assertThat(tried.body()).isEqualTo(unknown.body());
    }
    var password = "{\"password\":\"%s\"}".formatted(Login.PASSWORD);
    assertProblem(
        rig.gateway.send("PUT", "/api/v1/accounts/ada", password, headers),
        409,
        "FAILED_PRECONDITION");
    var both =
        "{\"name\":\"x\",\"role\":\"viewer\",\"subject\":\"https://id 1\",\"password\":\"%s\"}"
            .formatted(Login.PASSWORD);
    assertProblem(
        rig.gateway.send("POST", "/api/v1/accounts", both, headers), 400, "INVALID_ARGUMENT");
  }

  @Test
  void leadsBackToWhereOneWas() {
    rig.person("1", "ada", "ops");
    var begun = rig.gateway.get(SignOnRig.BEGIN + "?to=%23%2Falerts%3Fstate%3Dfiring");
    var back = rig.provider.logIn(URI.create(location(begun)));

    var answer =
        rig.gateway.get(
            back.getRawPath() + "?" + back.getRawQuery(),
            "Cookie",
            SignOnRig.cookie(begun, SignOnRig.COOKIE));

    assertThat(location(answer)).isEqualTo("../../../../#/alerts?state=firing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https%3A%2F%2Fevil.example",
        "%2F%2Fevil.example",
        "alerts",
        "%23%2Fa%0d%0aSet-Cookie%3a",
        ""
      })
  @DisplayName("row 15: nowhere but to the page itself")
  void leadsNowhereElse(String to) {
    assertProblem(rig.gateway.get(SignOnRig.BEGIN + "?to=" + to), 400, "INVALID_ARGUMENT");
  }

  @Test
  void anotherGatewayCompletesWhatOneBegan() {
    var callback = "http://localhost:8000" + SignOnRig.CALLBACK;
    try (var shared =
            new SignOnRig(
                builder -> builder.login(LoginMode.REQUIRED),
                Map.of("gateway.oidc.redirect-url", callback));
        var another = shared.another()) {
      shared.person("1", "ada", "ops");
      var vouched = shared.vouched();

      var answer = another.get(vouched.target(), "Cookie", vouched.cookie());

      assertThat(shared.gateway.get(MACHINES, session(answer)).statusCode()).isEqualTo(200);
    }
  }

  @Test
  @DisplayName(
      "row 10: behind a proxy that speaks HTTPS, cookies are held to this host, and the way back is HTTPS")
  void behindAProxy() {
    try (var behind =
        new SignOnRig(
            builder -> builder.login(LoginMode.REQUIRED).trustedProxies(List.of("127.0.0.1")),
            Map.of())) {
      String[] proxied = {"X-Forwarded-Proto", "https", "X-Forwarded-For", "192.0.2.7"};
      var begun = behind.gateway.get(SignOnRig.BEGIN, proxied);

      assertThat(begun.headers().firstValue("Set-Cookie").orElseThrow())
          .startsWith("__Host-sysmonstm-login=")
          .endsWith("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure");
      assertThat(location(begun)).contains("redirect_uri=https%3A%2F%2F127.0.0.1%3A");
    }
  }

  @Test
  void aGatewayWithoutAProviderSaysSo() {
    try (var plain = new GatewayFixture(GatewayFixture::still)) {
      assertProblem(plain.get(SignOnRig.BEGIN), 409, "FAILED_PRECONDITION");
      assertProblem(plain.get(SignOnRig.CALLBACK + "?code=x"), 409, "FAILED_PRECONDITION");
      assertThat(json(plain.get("/api/v1/session"))).containsEntry("oidc", null);
    }
  }
}
