package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.gateway.helidon.internal.access.Access;
import io.sysmonstm.gateway.helidon.internal.access.Credentials;
import io.sysmonstm.gateway.helidon.internal.access.Logins;
import io.sysmonstm.json.ValueWriter;
import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.spi.LoginSession;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Caller;
import io.sysmonstm.web.helidon.internal.http.Parameters;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** Logging in and out, and who one is. */
final class SessionCalls {
  private static final String NAME = "name";
  private static final String PASSWORD = "password";
  private static final String EVERYWHERE = "everywhere";

  private final Access access;
  private final Logins logins;
  private final Optional<String> provider;

  /**
   * Creates the calls.
   *
   * @param access says who requests are from
   * @param logins logs in and out
   * @param provider the name of the OpenID provider, where there is one
   */
  SessionCalls(Access access, Logins logins, Optional<String> provider) {
    this.access = access;
    this.logins = logins;
    this.provider = provider;
  }

  List<Route> routes() {
    return List.of(
        Route.of(Right.NONE, "GET", "/api/v1/session", this::session),
        Route.of(Right.NONE, "POST", "/api/v1/setup", this::setup),
        Route.of(Right.NONE, "POST", "/api/v1/login", this::login),
        new Route(Right.SESSION, "POST", "/api/v1/logout", Set.of(EVERYWHERE), this::logout),
        Route.of(Right.SESSION, "PUT", "/api/v1/session/password", this::changePassword));
  }

  private Answer session(Call call) {
    var answer =
        Answer.json(json -> write(json, call.caller(), access.isLoginNeeded(call.visitor())));
    // A page would send it again and again.
    return !call.caller().isKnown() && credentials(call).cookie().filter(access::isOver).isPresent()
        ? answer.withCookie(cookie(call, "", 0))
        : answer;
  }

  private Answer setup(Call call) {
    var body = new Body(call, Set.of("code", NAME, PASSWORD));
    var code = body.text("code").orElse("");
    var name = body.need(NAME, Person.EXPECTED, Person::name).orElse("");
    var password = body.need(PASSWORD);
    body.check();
    return begun(call, logins.setup(code, name, password, call.visitor())).withStatus(201);
  }

  private Answer login(Call call) {
    var body = new Body(call, Set.of(NAME, PASSWORD));
    var name = body.need(NAME, Person.EXPECTED, Person::name).orElse("");
    var password = body.need(PASSWORD);
    body.check();
    return begun(
        call, logins.login(name, password, call.caller().address(), credentials(call).cookie()));
  }

  private Answer logout(Call call) {
    var parameters = new Parameters(call.query());
    boolean everywhere =
        parameters.one(EVERYWHERE, "true or false", SessionCalls::flag).orElse(false);
    parameters.check();
    if (everywhere) {
      logins.logoutEverywhere(call.caller());
    } else {
      logins.logout(call.caller());
    }
    return Answer.empty(204).withCookie(cookie(call, "", 0));
  }

  private Answer changePassword(Call call) {
    var body = new Body(call, Set.of("current", PASSWORD));
    var current = body.need("current");
    var password = body.need(PASSWORD);
    body.check();
    return begun(call, logins.changePassword(call.caller(), current, password));
  }

  private Answer begun(Call call, Logins.Begun begun) {
    return Answer.json(json -> write(json, begun.caller(), access.isLoginNeeded(call.visitor())))
        .withCookie(cookie(call, begun));
  }

  /** {@return what gives a browser its session} */
  static String cookie(Call call, Logins.Begun begun) {
    return cookie(call, begun.cookie(), Access.LIFE.toSeconds());
  }

  private static String cookie(Call call, String value, long seconds) {
    boolean secure = call.visitor().secure();
    return "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s"
        .formatted(Credentials.cookieName(secure), value, seconds, secure ? "; Secure" : "");
  }

  private static Credentials credentials(Call call) {
    return Credentials.of(call.visitor());
  }

  private static Optional<Boolean> flag(String text) {
    return Stream.of(true, false).filter(value -> value.toString().equals(text)).findFirst();
  }

  private void write(JsonGenerator json, Caller caller, boolean loginNeeded) {
    boolean known = caller.isKnown();
    json.writeStartObject();
    ValueWriter.text(json, "account", Optional.of(caller.name()).filter(name -> known));
    ValueWriter.text(json, "role", Optional.of(role(caller)).filter(role -> known));
    json.writeArrayPropertyStart("rights");
    Stream.of(Right.READ, Right.ADMIN, Right.ENROL)
        .filter(caller::has)
        .forEach(right -> json.writeString(right.name().toLowerCase(Locale.ROOT)));
    json.writeEndArray();
    ValueWriter.text(
        json,
        "login",
        caller.session().map(session -> caller.hasPassword() ? "password" : "openid"));
    ValueWriter.text(json, "csrf_token", caller.session().map(LoginSession::csrfToken));
    ValueWriter.text(
        json, "expires_at", caller.session().map(session -> ValueWriter.time(session.expiresAt())));
    json.writeBooleanProperty("login_required", loginNeeded);
    json.writeBooleanProperty("setup_needed", access.isSetupNeeded());
    ValueWriter.text(json, "oidc", provider);
    json.writeEndObject();
  }

  private static String role(Caller caller) {
    return (caller.has(Right.ADMIN) ? Role.ADMIN : Role.VIEWER).name().toLowerCase(Locale.ROOT);
  }
}
