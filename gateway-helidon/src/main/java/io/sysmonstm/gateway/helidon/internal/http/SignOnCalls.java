package io.sysmonstm.gateway.helidon.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.gateway.helidon.internal.access.Credentials;
import io.sysmonstm.gateway.helidon.internal.access.SignOnRefusal;
import io.sysmonstm.gateway.helidon.internal.access.SignOnRefusedException;
import io.sysmonstm.gateway.helidon.internal.access.SignOns;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Parameters;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Logging in by an OpenID provider: to it and back. Both are addresses that a browser opens, so
 * that every answer leads on, at last to the page.
 */
final class SignOnCalls {
  private static final String BEGIN = "/api/v1/login/oidc";
  private static final String CALLBACK = BEGIN + "/callback";
  private static final String TO = "to";

  // Relative, since a proxy may show the page below a path of its own.
  private static final String PAGE_FROM_BEGIN = "../../../";
  private static final String PAGE_FROM_CALLBACK = "../../../../";

  /** How long somebody may take at the provider. */
  private static final Duration LIFE = Duration.ofMinutes(10);

  // Another gateway may have begun the login, by a clock of its own.
  private static final Duration SKEW = Duration.ofMinutes(1);

  private static final String PLAIN_COOKIE = "sysmonstm-login";
  private static final String SECURE_COOKIE = "__Host-" + PLAIN_COOKIE;
  private static final Pattern COOKIE =
      Pattern.compile("(\\d{1,11})\\.([A-Za-z0-9_-]{0,700})\\.([A-Za-z0-9._~-]{1,1024})");
  private static final Pattern PLACE = Pattern.compile("#/[!-~]{0,510}");

  private final Optional<SignOns> signOns;
  private final InstantSource clock;

  /** What a browser keeps while its person is at the provider. */
  private record Begun(Instant at, String place, String kept) {}

  SignOnCalls(Optional<SignOns> signOns, InstantSource clock) {
    this.signOns = signOns;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        new Route(Right.NONE, "GET", BEGIN, Set.of(TO), this::begin),
        // Providers add parameters of their own.
        new Route(Right.NONE, "GET", CALLBACK, Set.of("*"), this::complete));
  }

  private SignOns signOns() {
    return signOns.orElseThrow(
        () ->
            new RequestException(
                ErrorCode.FAILED_PRECONDITION,
                "this gateway knows no OpenID provider: gateway.oidc.issuer names one"));
  }

  private Answer begin(Call call) {
    var parameters = new Parameters(call.query());
    var place =
        parameters.one(
            TO,
            "a place on the page such as #/alerts, at most 512 characters",
            text -> Optional.of(text).filter(one -> PLACE.matcher(one).matches()));
    parameters.check();
    try {
      var start = signOns().begin(callback(call), call.visitor().address());
      var begun = new Begun(clock.instant(), place.orElse(""), start.kept());
      return to(start.address().toString()).withCookie(cookie(call, text(begun), LIFE.toSeconds()));
    } catch (SignOnRefusedException e) {
      return refused(PAGE_FROM_BEGIN, e.refusal());
    }
  }

  private Answer complete(Call call) {
    var gone = cookie(call, "", 0);
    try {
      var begun =
          Credentials.cookie(call.visitor(), cookieName(call))
              .flatMap(SignOnCalls::parse)
              .filter(this::isLately)
              .orElseThrow(() -> signOns().expired(call.visitor().address()));
      var session =
          signOns()
              .complete(
                  begun.kept,
                  callback(call),
                  new Parameters(call.query()).all(),
                  call.visitor().address());
      return to(PAGE_FROM_CALLBACK + begun.place)
          .withCookie(gone)
          .withCookie(SessionCalls.cookie(call, session));
    } catch (SignOnRefusedException e) {
      return refused(PAGE_FROM_CALLBACK, e.refusal()).withCookie(gone);
    }
  }

  private boolean isLately(Begun begun) {
    var age = Duration.between(begun.at, clock.instant());
    return age.compareTo(SKEW.negated()) >= 0 && age.compareTo(LIFE) < 0;
  }

  private static Answer refused(String page, SignOnRefusal refusal) {
    return to(page + "#/?login=" + refusal.word());
  }

  private static Answer to(String address) {
    return Answer.empty(303).with("Location", address).with("Cache-Control", "no-store");
  }

  // The host is one that this gateway may be called by; that was looked at before.
  private static URI callback(Call call) {
    var host = call.header("Host").orElse("").toLowerCase(Locale.ROOT);
    return URI.create((call.visitor().secure() ? "https://" : "http://") + host + CALLBACK);
  }

  private static String cookieName(Call call) {
    return call.visitor().secure() ? SECURE_COOKIE : PLAIN_COOKIE;
  }

  // Lax: it has to come along when the provider's page sends the browser back.
  private static String cookie(Call call, String value, long seconds) {
    return "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s"
        .formatted(cookieName(call), value, seconds, call.visitor().secure() ? "; Secure" : "");
  }

  private static String text(Begun begun) {
    return "%d.%s.%s"
        .formatted(
            begun.at.getEpochSecond(),
            Base64.getUrlEncoder().withoutPadding().encodeToString(begun.place.getBytes(UTF_8)),
            begun.kept);
  }

  private static Optional<Begun> parse(String cookie) {
    var matcher = COOKIE.matcher(cookie);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      var place = new String(Base64.getUrlDecoder().decode(matcher.group(2)), UTF_8);
      return place.isEmpty() || PLACE.matcher(place).matches()
          ? Optional.of(
              new Begun(
                  Instant.ofEpochSecond(Long.parseLong(matcher.group(1))), place, matcher.group(3)))
          : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }
}
