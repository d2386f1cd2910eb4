package io.sysmonstm.gateway.helidon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.oidc.nimbus.OidcSingleSignOnProvider;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.SingleSignOn;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.OpenIdServer;
import io.sysmonstm.testkit.TestContext;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A gateway, an OpenID provider, and the way of a browser between them. */
final class SignOnRig implements AutoCloseable {
  static final String BEGIN = "/api/v1/login/oidc";
  static final String CALLBACK = BEGIN + "/callback";
  static final String COOKIE = "sysmonstm-login";

  final OpenIdServer provider = OpenIdServer.start();
  final Fleet fleet = new Fleet();
  final Hooked<AccessStore> store = new Hooked<>(AccessStore.class, fleet.access);
  final GatewayFixture gateway;
  private final TestContext context = new TestContext(TimeSource.system(), Path.of("target"));
  private final SingleSignOn signOn;

  SignOnRig(UnaryOperator<GatewayBuilder> options, Map<String, String> settings) {
    var values =
        new HashMap<>(
            Map.of(
                "gateway.oidc.issuer",
                provider.issuer().toString(),
                "gateway.oidc.client-id",
                OpenIdServer.CLIENT_ID,
                "gateway.oidc.client-secret",
                OpenIdServer.CLIENT_SECRET,
                "gateway.oidc.name",
                "Example ID",
                "gateway.oidc.admins",
                "ops",
                "gateway.oidc.viewers",
                "staff"));
    values.putAll(settings);
    signOn = new OidcSingleSignOnProvider().create(Settings.of(values), context);
    gateway =
        new GatewayFixture(
            builder ->
                options.apply(
                    GatewayFixture.still(builder).singleSignOn(signOn).accessStore(store.part)),
            fleet);
  }

  /** Another gateway of the same fleet that knows the same provider. */
  GatewayFixture another() {
    return new GatewayFixture(
        builder -> GatewayFixture.still(builder).singleSignOn(signOn), gateway.fleet);
  }

  /** Somebody who may change the others. */
  Login localAdmin() {
    try (var log = new LogCapture()) {
      gateway.settle();
      var code = String.valueOf(log.of("setup_code").getFirst().fields().get("code"));
      var body =
          "{\"code\":\"%s\",\"name\":\"root\",\"password\":\"%s\"}".formatted(code, Login.PASSWORD);
      return new Login(gateway).begun(gateway.send("POST", "/api/v1/setup", body));
    }
  }

  AuditEntry lastAudit() {
    return gateway.fleet.access.audit().getFirst();
  }

  /** Says who sits at the browser. */
  void person(String subject, String name, String... groups) {
    provider.person(subject, Map.of("preferred_username", name, "groups", List.of(groups)));
  }

  /** A login that the provider has said yes to: the cookie, and what the browser opens next. */
  record Vouched(String cookie, String target) {}

  Vouched vouched(String... headers) {
    var begun = gateway.get(BEGIN, headers);
    assertThat(begun.statusCode()).as(begun.body()).isEqualTo(303);
    var back = provider.logIn(URI.create(location(begun)));
    return new Vouched(cookie(begun, COOKIE), back.getRawPath() + "?" + back.getRawQuery());
  }

  HttpResponse<String> complete(Vouched vouched) {
    return gateway.get(vouched.target, "Cookie", vouched.cookie);
  }

  /** All of it. */
  HttpResponse<String> logIn() {
    return complete(vouched());
  }

  /** A browser in which somebody has logged in at the provider. */
  Login browser() {
    var session = session(logIn());
    var csrf = GatewayFixture.json(gateway.get("/api/v1/session", session)).get("csrf_token");
    return new Login(gateway).begun(session[1], String.valueOf(csrf));
  }

  /** The header of a session that a login has given. */
  static String[] session(HttpResponse<String> answer) {
    return new String[] {"Cookie", cookie(answer, "sysmonstm-session")};
  }

  static String cookie(HttpResponse<String> answer, String name) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith(name + "="))
        .map(cookie -> cookie.split(";", 2)[0])
        .findFirst()
        .orElseThrow(() -> new AssertionError("no cookie " + name + " in " + answer.headers()));
  }

  static String location(HttpResponse<String> answer) {
    return answer.headers().firstValue("Location").orElseThrow();
  }

  /** Somebody did not come in, the page gets this word, and the login is over. */
  static void assertRefused(String word, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
    assertThat(location(answer)).matches("(\\.\\./)+#/\\?login=" + word);
    assertThat(answer.headers().allValues("Set-Cookie"))
        .noneMatch(cookie -> cookie.startsWith("sysmonstm-session"));
  }

  @Override
  public void close() {
    gateway.close();
    signOn.close();
    context.close();
    provider.close();
  }
}
