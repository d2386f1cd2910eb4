package io.sysmonstm.oidc.nimbus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.PersonIdentity;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.SignOnStart;
import io.sysmonstm.spi.SingleSignOn;
import io.sysmonstm.tls.TlsFileWatch;
import io.sysmonstm.tls.TlsFiles;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Lets people in by the authorization code flow with PKCE. Who they are comes from the provider
 * itself, for the code that the browser brings; nothing else that went through the browser counts.
 * Thread-safe.
 */
final class OidcSingleSignOn implements SingleSignOn {
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
  private static final Set<String> AWAY = Set.of("server_error", "temporarily_unavailable");
  private static final int LONGEST_SUBJECT = 255;

  private final OidcConfig config;
  private final Optional<TlsFileWatch> trust;
  private final OidcHttp http;
  private final Discovery discovery;
  private final Redemption redemption;

  private OidcSingleSignOn(
      OidcConfig config, Optional<TlsFileWatch> trust, OidcHttp http, Discovery discovery) {
    this.config = config;
    this.trust = trust;
    this.http = http;
    this.discovery = discovery;
    this.redemption = new Redemption(config, http);
  }

  static OidcSingleSignOn open(OidcConfig config, Optional<Path> trust, ProviderContext context) {
    return open(config, trust, context, ANSWER_WITHIN);
  }

  static OidcSingleSignOn open(
      OidcConfig config, Optional<Path> trust, ProviderContext context, Duration within) {
    var watch =
        trust.map(
            file ->
                TlsFileWatch.open(
                    "oidc",
                    new TlsFiles(Optional.empty(), Optional.empty(), Optional.of(file)),
                    context.time(),
                    context.metrics()));
    var client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .executor(context.executor());
    watch.ifPresent(files -> client.sslContext(files.tls().context()));
    var http = new OidcHttp(client.build(), within);
    return new OidcSingleSignOn(
        config, watch, http, new Discovery(config.issuer(), http, context.time()));
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public SignOnStart begin(URI callback) {
    var metadata = provider().metadata();
    var kept = Kept.create();
    var scopes = new Scope("openid");
    config.scopes().forEach(scopes::add);
    var request =
        new AuthenticationRequest.Builder(
                ResponseType.CODE, scopes, new ClientID(config.clientId()), redirect(callback))
            .endpointURI(metadata.getAuthorizationEndpointURI())
            .state(kept.state())
            .nonce(kept.nonce())
            .codeChallenge(kept.verifier(), CodeChallengeMethod.S256)
            .build();
    return new SignOnStart(request.toURI(), kept.text());
  }

  @Override
  public PersonIdentity complete(String kept, URI callback, Map<String, List<String>> parameters) {
    var own = Kept.parse(kept).orElseThrow(() -> refused("the browser did not begin this login"));
    var state = one(parameters, "state").orElse("");
    if (!same(state, own.state().getValue())) {
      throw refused("the browser did not begin this login: the state is another one");
    }
    var provider = provider();
    checkIssuer(provider, one(parameters, "iss"));
    one(parameters, "error")
        .ifPresent(
            error -> {
              throw refusal(error, one(parameters, "error_description"));
            });
    var code =
        one(parameters, "code")
            .filter(text -> !text.isBlank())
            .orElseThrow(() -> refused("the provider sent no code"));
    try {
      return person(
          redemption.redeem(provider, new AuthorizationCode(code), own, redirect(callback)));
    } catch (RequestException e) {
      if (e.code() != ErrorCode.UNAUTHENTICATED) {
        discovery.forget();
      }
      throw e;
    }
  }

  private Discovery.Found provider() {
    trust.ifPresent(TlsFileWatch::check);
    return discovery.provider();
  }

  private URI redirect(URI callback) {
    return config.redirect().orElse(callback);
  }

  // An answer of another provider, which a browser was led to mix up with this one: RFC 9207.
  private void checkIssuer(Discovery.Found provider, Optional<String> issuer) {
    boolean announced = provider.metadata().supportsAuthorizationResponseIssuerParam();
    if (issuer.isEmpty() ? announced : !issuer.get().equals(config.issuer().toString())) {
      throw refused(
          "the answer is from issuer '%s': expected '%s'"
              .formatted(Names.shown(issuer.orElse("")), config.issuer()));
    }
  }

  private static RequestException refusal(String error, Optional<String> description) {
    var text =
        "the provider answered %s%s"
            .formatted(
                Names.shown(error),
                description.map(more -> " (" + Names.shown(more) + ")").orElse(""));
    if (AWAY.contains(error)) {
      return new RequestException(ErrorCode.UNAVAILABLE, text);
    }
    return error.equals("access_denied")
        ? new RequestException(ErrorCode.PERMISSION_DENIED, text)
        : refused(text);
  }

  private PersonIdentity person(Claims claims) {
    var subject = claims.text("sub").orElse("");
    if (!subject.matches("[^\\p{Cntrl}]{1," + LONGEST_SUBJECT + "}")) {
      throw refused("the subject is none: expected 1 to %d characters".formatted(LONGEST_SUBJECT));
    }
    // An address that is not verified could be that of anybody.
    var names =
        Stream.of(
                claims.text("preferred_username").stream(),
                claims.values("email").stream(),
                Stream.of(subject))
            .flatMap(Function.identity())
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .toList();
    return new PersonIdentity(config.issuer() + " " + subject, names, config.roles().of(claims));
  }

  // Of several, which no honest provider sends, none is taken.
  private static Optional<String> one(Map<String, List<String>> parameters, String name) {
    var values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw refused("there are %d parameters %s: expected one".formatted(values.size(), name));
    }
    return values.stream().findFirst();
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }

  static RequestException refused(String why) {
    return new RequestException(ErrorCode.UNAUTHENTICATED, why);
  }

  @Override
  public void close() {
    http.close();
    trust.ifPresent(TlsFileWatch::close);
  }
}
