package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;

/** A browser that has logged in: keeps its cookie, and repeats the token of its session. */
final class Login {
  static final String PASSWORD = "correct horse battery";

  private final GatewayFixture fixture;
  private String cookie = "";
  private String token = "";

  Login(GatewayFixture fixture) {
    this.fixture = fixture;
  }

  /** Makes the first account where no login is needed yet. */
  static Login first(GatewayFixture fixture, String name) {
    var login = new Login(fixture);
    var answer = login.send("POST", "/api/v1/setup", body(name, PASSWORD));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return login.begun(answer);
  }

  /** Makes the first account where a login is needed already, by the code that was logged. */
  static Login first(GatewayFixture fixture, String name, LogCapture log) {
    fixture.settle();
    var login = new Login(fixture);
    var body =
        "{\"code\":\"%s\",\"name\":\"%s\",\"password\":\"%s\"}"
            .formatted(code(log), name, PASSWORD);
    var answer = login.send("POST", "/api/v1/setup", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return login.begun(answer);
  }

  /** The code that makes the first account, as it was logged. */
  static String code(LogCapture log) {
    return String.valueOf(log.of("setup_code").getFirst().fields().get("code"));
  }

  static Login of(GatewayFixture fixture, String name) {
    var login = new Login(fixture);
    var answer = login.send("POST", "/api/v1/login", body(name, PASSWORD));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return login.begun(answer);
  }

  static String body(String name, String password) {
    return "{\"name\":\"%s\",\"password\":\"%s\"}".formatted(name, password);
  }

  Login begun(HttpResponse<String> answer) {
    return begun(
        setCookie(answer).split(";", 2)[0], String.valueOf(json(answer).get("csrf_token")));
  }

  Login begun(String sessionCookie, String csrfToken) {
    cookie = sessionCookie;
    token = csrfToken;
    return this;
  }

  static String setCookie(HttpResponse<String> answer) {
    return answer.headers().firstValue("Set-Cookie").orElseThrow();
  }

  /** Adds an account, as an admin. */
  void add(String name, String role) {
    var body =
        "{\"name\":\"%s\",\"role\":\"%s\",\"password\":\"%s\"}".formatted(name, role, PASSWORD);
    var answer = send("POST", "/api/v1/accounts", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
  }

  /** Makes an API token, as an admin, and returns the header that sends it. */
  String[] token(String scope) {
    var answer =
        send(
            "POST",
            "/api/v1/api-tokens",
            "{\"name\":\"%s\",\"scopes\":[\"%s\"],\"for\":\"30d\"}".formatted(scope, scope));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return new String[] {"Authorization", "Bearer " + json(answer).get("token")};
  }

  String cookie() {
    return cookie;
  }

  String csrfToken() {
    return token;
  }

  HttpResponse<String> get(String path) {
    return send("GET", path, "");
  }

  HttpResponse<String> send(String method, String path, String body, String... headers) {
    var all = new ArrayList<>(Arrays.asList(headers));
    if (!cookie.isEmpty()) {
      all.addAll(Arrays.asList("Cookie", cookie, "X-CSRF-Token", token));
    }
    return fixture.send(method, path, body, all.toArray(String[]::new));
  }
}
