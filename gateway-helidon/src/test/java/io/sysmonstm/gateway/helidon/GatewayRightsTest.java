package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each may do who is in: every route of the router is walked. */
class GatewayRightsTest {
  private static final Set<String> FOR_EVERYBODY =
      Set.of(
          "GET /health",
          "GET /ready",
          "GET /api/v1/login/oidc",
          "GET /api/v1/login/oidc/callback",
          "GET /api/v1/session",
          "POST /api/v1/login",
          "POST /api/v1/setup");
  private static final String RULE =
      "{\"metric\":\"cpu_percent\",\"operator\":\"gt\",\"threshold\":90}";

  private final GatewayFixture fixture =
      new GatewayFixture(
          builder ->
              GatewayFixture.still(builder)
                  .invitations(
                      (actor, host) ->
                          new Invitations.Made(
                              "id", "smt1_canary", Instant.EPOCH, "collect from " + host, "pin")));
  private Login admin = new Login(fixture);

  @BeforeEach
  void fill() {
    admin = Login.first(fixture, "ada");
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private HttpResponse<String> call(Route route, String... headers) {
    var path = route.pattern().replaceAll("\\{[^}]+}", "x");
    return fixture.send(route.method(), path, "", headers);
  }

  private void assertMay(Set<Right> rights, String... headers) {
    for (var route : fixture.gateway.routes()) {
      var status = call(route, headers).statusCode();
      if (rights.contains(route.right())) {
        assertThat(status).as("%s %s", route.method(), route.pattern()).isNotIn(401, 403);
      } else {
        assertThat(status).as("%s %s", route.method(), route.pattern()).isEqualTo(403);
      }
    }
  }

  @Test
  @DisplayName("row 8: every route without credentials is 401, but for those that let one in")
  void everyRouteNeedsCredentials() {
    var open = new TreeSet<String>();
    for (var route : fixture.gateway.routes()) {
      var answer = call(route);
      if (answer.statusCode() == 401 && route.right() != Right.NONE) {
        assertProblem(answer, 401, "UNAUTHENTICATED");
      } else {
        open.add(route.method() + " " + route.pattern());
      }
    }
    assertThat(open).isEqualTo(new TreeSet<>(FOR_EVERYBODY));
    assertThat(fixture.gateway.routes()).hasSizeGreaterThan(30);
  }

  @Test
  @DisplayName("row 8: credentials that are none are as good as none")
  void madeUpCredentialsAreRefused() {
    for (var headers :
        new String[][] {
          {"Authorization", "Bearer sma_0123456789abcdef_" + "0".repeat(64)},
          {"Authorization", "Bearer "},
          {"Authorization", "Bearer " + "x".repeat(8_000)},
          {"Authorization", "Basic YWRhOngK"},
          {"Cookie", "sysmonstm-session=" + "0".repeat(64)},
          {"Cookie", "sysmonstm-session=; __Host-sysmonstm-session=" + admin.cookie()},
          {"Cookie", "x=" + admin.cookie()}
        }) {
      assertProblem(fixture.get("/api/v1/machines", headers), 401, "UNAUTHENTICATED");
    }
  }

  @Test
  @DisplayName("row 8: a token with the right id and another secret is refused")
  void theSecretOfATokenCounts() {
    var header = admin.token("read");
    assertThat(fixture.get("/api/v1/machines", header).statusCode()).isEqualTo(200);
    header[1] = header[1].substring(0, header[1].length() - 8) + "00000000";
    assertProblem(fixture.get("/api/v1/machines", header), 401, "UNAUTHENTICATED");
  }

  @Test
  @DisplayName("row 8: a viewer sees everything and changes nothing")
  void aViewerReads() {
    admin.add("bob", "viewer");
    for (var route : fixture.gateway.routes()) {
      // Anew for each, since one of the calls logs out.
      var viewer = Login.of(fixture, "bob");
      var status =
          call(route, "Cookie", viewer.cookie(), "X-CSRF-Token", viewer.csrfToken()).statusCode();
      if (EnumSet.of(Right.ADMIN, Right.ENROL).contains(route.right())) {
        assertThat(status).as("%s %s", route.method(), route.pattern()).isEqualTo(403);
      } else {
        assertThat(status).as("%s %s", route.method(), route.pattern()).isNotEqualTo(403);
      }
    }
  }

  @Test
  @DisplayName("row 8: a token does what its scope says, on every route")
  void scopesAreKept() {
    assertMay(EnumSet.of(Right.NONE, Right.READ), admin.token("read"));
    assertMay(EnumSet.of(Right.NONE, Right.ENROL), admin.token("enrol"));
    assertMay(EnumSet.of(Right.NONE, Right.READ, Right.ADMIN, Right.ENROL), admin.token("admin"));
  }

  @Test
  void aRevokedOrExpiredTokenIsRefused() {
    var revoked = admin.token("read");
    var expiring = admin.token("read");
    var tokens = list(json(admin.get("/api/v1/api-tokens")), "api_tokens");
    var id = revoked[1].split("_", -1)[1];
    assertThat(tokens).hasSize(2);
    assertThat(admin.send("DELETE", "/api/v1/api-tokens/" + id, "").statusCode()).isEqualTo(204);

    assertProblem(fixture.get("/api/v1/machines", revoked), 401, "UNAUTHENTICATED");
    assertThat(fixture.get("/api/v1/machines", expiring).statusCode()).isEqualTo(200);
    fixture.time.advance(Duration.ofDays(30));
    assertProblem(fixture.get("/api/v1/machines", expiring), 401, "UNAUTHENTICATED");
  }

  private WebSocket open(String query, String... headers) {
    var builder = fixture.client.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    return builder
        .buildAsync(
            URI.create("ws://127.0.0.1:" + fixture.address.getPort() + "/ws" + query),
            new WebSocket.Listener() {})
        .join();
  }

  private void assertRefused(int status, String query, String... headers) {
    assertThatThrownBy(() -> open(query, headers))
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(status));
  }

  @Test
  @DisplayName("row 11: the WebSocket is opened with a session or a token, never by the address")
  void theWebSocketNeedsCredentials() {
    var token = admin.token("read");
    var secret = token[1].substring("Bearer ".length());
    assertRefused(401, "");
    assertRefused(401, "?token=" + secret);
    assertRefused(401, "?access_token=" + secret);
    assertRefused(403, "", admin.token("enrol"));
    open("", "Cookie", admin.cookie()).abort();
    open("", token).abort();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "null",
        "http://127.0.0.1.evil.example",
        "http://evil-127.0.0.1",
        "http://127.0.0.1:1"
      })
  @DisplayName("row 11: a foreign page opens no WebSocket, though the browser sends the cookie")
  void aForeignPageOpensNoWebSocket(String origin) {
    assertRefused(403, "", "Cookie", admin.cookie(), "Origin", origin);
  }

  @Test
  @DisplayName("row 11: the WebSocket of a session that ended is closed within a minute")
  void aRevokedSessionIsCut() {
    var other = Login.of(fixture, "ada");
    var token = admin.token("read");
    var cut = new Viewer(fixture, "Cookie", other.cookie());
    var byToken = new Viewer(fixture, token);
    var stays = new Viewer(fixture, "Cookie", admin.cookie());
    other.send("POST", "/api/v1/logout", "");
    admin.send("DELETE", "/api/v1/api-tokens/" + token[1].split("_", -1)[1], "");

    fixture.pass(Duration.ofSeconds(60));

    assertThat(cut.closeCode()).isEqualTo(1008);
    assertThat(byToken.closeCode()).isEqualTo(1008);
    assertThat(stays.closed).isNotDone();
  }

  @Test
  @DisplayName("row 11: what was opened before the first account was made is closed too")
  void theFirstAccountEndsTheFirstLook() {
    try (var fresh = new GatewayFixture(GatewayFixture::still)) {
      var viewer = new Viewer(fresh);
      Login.first(fresh, "ada");
      fresh.pass(Duration.ofSeconds(60));
      assertThat(viewer.closeCode()).isEqualTo(1008);
    }
  }

  @Test
  @DisplayName("row 13: questions that cost much are limited, for each address and account")
  void expensiveCallsAreLimited() {
    var path = "/api/v1/history?machine=a&metric=cpu_percent&from=-1h&to=now";
    var viewerToken = admin.token("read");
    HttpResponse<String> last = admin.get(path);
    for (int i = 0; i < 250 && last.statusCode() == 200; i++) {
      last = admin.get(path);
    }
    assertProblem(last, 429, "RESOURCE_EXHAUSTED");
    assertThat(last.headers().firstValue("Retry-After")).contains("1");
    assertThat(fixture.get(path, viewerToken).statusCode()).as("of the address").isEqualTo(429);
    assertThat(admin.get("/api/v1/machines").statusCode()).isEqualTo(200);
    fixture.time.advance(Duration.ofSeconds(1));
    assertThat(admin.get(path).statusCode()).isEqualTo(200);
  }

  @Test
  @DisplayName("row 21: each action is in the audit once, with who and from where")
  void everythingIsAudited() {
    admin.add("bob", "viewer");
    admin.send("PUT", "/api/v1/accounts/bob", "{\"role\":\"admin\"}");
    fixture.send("POST", "/api/v1/login", Login.body("ada", "wrong"));
    admin.send("PUT", "/api/v1/rules/mine", RULE);
    admin.send("DELETE", "/api/v1/rules/mine", "");
    admin.send(
        "POST", "/api/v1/silences", "{\"match\":{\"rule\":\"x\"},\"for\":\"1h\",\"by\":\"Eve\"}");
    admin.token("read");
    credential("web-1");
    admin.send("DELETE", "/api/v1/machine-credentials/web-1", "");
    admin.send("DELETE", "/api/v1/accounts/bob", "");
    admin.send("POST", "/api/v1/logout", "");

    assertThat(fixture.fleet.access.audit().reversed())
        .extracting(AuditEntry::action)
        .containsExactly(
            "setup",
            "login",
            "account_added",
            "account_changed",
            "login_failed",
            "rule_put",
            "rule_deleted",
            "silence_put",
            "api_token_made",
            "test",
            "machine_revoked",
            "account_deleted",
            "logout");
    assertThat(fixture.fleet.access.audit())
        .filteredOn(entry -> !entry.action().equals("test"))
        .allSatisfy(
            entry -> {
              assertThat(entry.source()).isEqualTo("127.0.0.1");
              assertThat(entry.by()).isIn("ada", "(unknown)");
            });
  }

  private void credential(String machine) {
    fixture.fleet.access.addCredential(
        new MachineCredential(
            "c-" + machine,
            machine,
            MachineCredential.Kind.CERTIFICATE,
            "hash",
            fixture.time.instant(),
            fixture.time.instant().plus(Duration.ofDays(30)),
            Optional.empty()),
        fixture.fleet.entry("test", machine));
  }

  @Test
  void whoIsLoggedInCannotActAsAnother() {
    admin.send(
        "POST", "/api/v1/silences", "{\"match\":{\"rule\":\"x\"},\"for\":\"1h\",\"by\":\"Eve\"}");
    admin.send("PUT", "/api/v1/rules/mine?by=Eve", RULE);

    assertThat(map(list(json(admin.get("/api/v1/silences")), "silences").getFirst()))
        .containsEntry("by", "ada");
    assertThat(fixture.fleet.access.audit()).extracting(AuditEntry::by).doesNotContain("Eve");
  }

  @Test
  void machinesAreLetInAndCutOff() {
    credential("web-1");
    assertThat(json(admin.get("/api/v1/enrolment-tokens"))).containsEntry("enrolment", false);
    fixture.fleet.access.putMachineAuthority(
        "certificates", fixture.fleet.entry("test", "authority"));
    assertThat(json(admin.get("/api/v1/enrolment-tokens"))).containsEntry("enrolment", true);
    var made = admin.send("POST", "/api/v1/enrolment-tokens", "");
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(json(made))
        .containsEntry("token", "smt1_canary")
        .containsEntry("command", "collect from 127.0.0.1");
    assertThat(
            map(
                list(json(admin.get("/api/v1/machine-credentials")), "machine_credentials")
                    .getFirst()))
        .containsEntry("machine_id", "web-1")
        .containsEntry("kind", "certificate")
        .containsEntry("revoked_at", null);

    assertThat(json(admin.send("DELETE", "/api/v1/machine-credentials/web-1", "")))
        .containsEntry("revoked", 1);
    assertThat(fixture.fleet.access.credential("c-web-1").orElseThrow().revokedAt()).isPresent();
  }

  @Test
  void theLastAdminStays() {
    assertProblem(admin.send("DELETE", "/api/v1/accounts/ada", ""), 409, "FAILED_PRECONDITION");
    assertProblem(
        admin.send("PUT", "/api/v1/accounts/ada", "{\"role\":\"viewer\"}"),
        409,
        "FAILED_PRECONDITION");
    assertThat(admin.get("/api/v1/accounts").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{}",
        "{\"name\":\"\",\"role\":\"viewer\",\"password\":\"correct horse battery\"}",
        "{\"name\":\"x\",\"role\":\"king\",\"password\":\"correct horse battery\"}",
        "{\"name\":\"x\",\"role\":\"viewer\",\"password\":\"short\"}",
        "{\"name\":\"x\",\"role\":\"viewer\"}",
        "{\"name\":\"x\",\"role\":\"viewer\",\"password\":12345678901234}",
        "{\"name\":\"x\",\"role\":\"viewer\",\"password\":\"correct horse battery\",\"y\":1}",
      })
  void aBadAccountIs400(String body) {
    assertProblem(admin.send("POST", "/api/v1/accounts", body), 400, "INVALID_ARGUMENT");
    assertThat(fixture.fleet.access.accounts()).hasSize(1);
  }
}
