package io.sysmonstm.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.testkit.OpenIdServer.Signing;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** What an {@link OpenIdServer} has given out, and for whom. Thread-safe. */
final class OpenIdGrants {
  private static final int LIFE_SECONDS = 300;

  private final URI issuer;
  private final OpenIdTokens tokens;
  private final Map<String, Grant> codes = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Object>> accessTokens = new ConcurrentHashMap<>();
  volatile Map<String, Object> person = Map.of("sub", "1");
  volatile UnaryOperator<Map<String, Object>> claims = claims -> claims;
  volatile Signing signing = Signing.RS256;

  private record Grant(
      String redirect, String challenge, String nonce, Map<String, Object> person) {}

  OpenIdGrants(URI issuer, OpenIdTokens tokens) {
    this.issuer = issuer;
    this.tokens = tokens;
  }

  /** Returns where a browser goes whose person has answered; empty where it asked for nothing. */
  Optional<URI> authorized(Map<String, String> request) {
    var redirect = request.getOrDefault("redirect_uri", "");
    boolean sound =
        !redirect.isEmpty()
            && OpenIdServer.CLIENT_ID.equals(request.get("client_id"))
            && "code".equals(request.get("response_type"))
            && "S256".equals(request.get("code_challenge_method"))
            && List.of(request.getOrDefault("scope", "").split(" ", -1)).contains("openid")
            && request.keySet().containsAll(List.of("state", "nonce", "code_challenge"));
    if (!sound) {
      return Optional.empty();
    }
    var answer = new LinkedHashMap<String, String>();
    answer.put("state", request.getOrDefault("state", ""));
    answer.put("iss", issuer.toString());
    // Keycloak adds this one, others others.
    answer.put("session_state", "x y");
    if (OpenIdHttp.ALLOW.equals(request.get(OpenIdHttp.ANSWER))) {
      var code = UUID.randomUUID().toString();
      codes.put(
          code,
          new Grant(
              redirect,
              request.getOrDefault("code_challenge", ""),
              request.getOrDefault("nonce", ""),
              person));
      answer.put("code", code);
    } else {
      answer.put("error", "access_denied");
      answer.put("error_description", "<b>the person</b> said no");
    }
    return Optional.of(URI.create(redirect + "?" + OpenIdHttp.query(answer)));
  }

  /** Returns what is given for a code, once; empty where it is not, or not to who asks. */
  Optional<Map<String, Object>> redeem(Map<String, String> form) {
    return Optional.ofNullable(codes.remove(form.getOrDefault("code", "")))
        .filter(grant -> "authorization_code".equals(form.get("grant_type")))
        .filter(grant -> grant.redirect.equals(form.get("redirect_uri")))
        .filter(grant -> grant.challenge.equals(challenge(form.getOrDefault("code_verifier", ""))))
        .map(this::given);
  }

  /** Returns the person that an access token was given for. */
  Optional<Map<String, Object>> personOf(String accessToken) {
    return Optional.ofNullable(accessTokens.get(accessToken));
  }

  private Map<String, Object> given(Grant grant) {
    var access = UUID.randomUUID().toString();
    accessTokens.put(access, grant.person);
    return Map.of(
        "access_token",
        access,
        "token_type",
        "Bearer",
        "expires_in",
        LIFE_SECONDS,
        "id_token",
        idToken(grant));
  }

  private String idToken(Grant grant) {
    long now = Instant.now().getEpochSecond();
    var all = new LinkedHashMap<>(grant.person);
    all.put("iss", issuer.toString());
    all.put("aud", OpenIdServer.CLIENT_ID);
    all.put("iat", now);
    all.put("exp", now + LIFE_SECONDS);
    all.put("nonce", grant.nonce);
    return tokens.token(claims.apply(all), signing, OpenIdServer.CLIENT_SECRET);
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
