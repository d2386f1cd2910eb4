package io.sysmonstm.oidc.nimbus;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenErrorResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Redeems a code at the provider, and verifies what it gives for it. Thread-safe. */
final class Redemption {
  // No "none", and none that a shared secret signs: whoever knows the client's could be anybody.
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private static final int CLOCK_SKEW_SECONDS = 60;
  private static final int SERVER_ERROR = 500;
  private static final Set<String> OUR_FAULT =
      Set.of("invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type");

  private final OidcConfig config;
  private final OidcHttp http;
  private final ClientID client;

  Redemption(OidcConfig config, OidcHttp http) {
    this.config = config;
    this.http = http;
    this.client = new ClientID(config.clientId());
  }

  /**
   * {@return what the provider says of who has logged in}
   *
   * @param provider the provider
   * @param code what the browser brought
   * @param kept what the login began with
   * @param redirect where the browser came back to
   */
  Claims redeem(Discovery.Found provider, AuthorizationCode code, Kept kept, URI redirect) {
    var metadata = provider.metadata();
    var tokens = tokens(metadata, new AuthorizationCodeGrant(code, redirect, kept.verifier()));
    // The SDK leaves it to others whether there is one.
    var claims =
        verified(
            provider,
            Optional.ofNullable(tokens.getIDToken())
                .orElseThrow(
                    () -> OidcSingleSignOn.refused("the provider's answer has no ID token")),
            kept);
    var userInfo = metadata.getUserInfoEndpointURI();
    // Some providers put little into the token, and the rest there.
    boolean whole = claims.has(config.roles().claim()) && claims.has("preferred_username");
    return whole || userInfo == null
        ? claims
        : claims.or(userInfo(userInfo, tokens.getAccessToken(), claims));
  }

  private OIDCTokens tokens(OIDCProviderMetadata metadata, AuthorizationCodeGrant grant) {
    var endpoint = metadata.getTokenEndpointURI();
    var request =
        authentication(metadata)
            .map(proof -> new TokenRequest.Builder(endpoint, proof, grant))
            .orElseGet(() -> new TokenRequest.Builder(endpoint, client, grant))
            .build();
    try {
      var answer = answered(request.toHTTPRequest().send(http));
      var response = OIDCTokenResponseParser.parse(answer);
      if (response instanceof TokenErrorResponse error) {
        throw refused(error.getErrorObject().getCode(), error.getErrorObject().getDescription());
      }
      return ((OIDCTokenResponse) response.toSuccessResponse()).getOIDCTokens();
    } catch (IOException e) {
      throw away(e);
    } catch (ParseException e) {
      throw OidcSingleSignOn.refused("the provider's answer cannot be read: " + message(e));
    }
  }

  private Optional<ClientAuthentication> authentication(OIDCProviderMetadata metadata) {
    return config
        .clientSecret()
        .map(Secret::new)
        .map(
            secret ->
                switch (config.proof().orElseGet(() -> proof(metadata))) {
                  case BASIC -> new ClientSecretBasic(client, secret);
                  case POST -> new ClientSecretPost(client, secret);
                });
  }

  private static ClientProof proof(OIDCProviderMetadata metadata) {
    var methods = metadata.getTokenEndpointAuthMethods();
    boolean postAlone =
        methods != null
            && methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST)
            && !methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC);
    return postAlone ? ClientProof.POST : ClientProof.BASIC;
  }

  private Claims verified(Discovery.Found provider, JWT token, Kept kept) {
    var keys = new JWSVerificationKeySelector<>(ALGORITHMS, provider.keys());
    var validator = new IDTokenValidator(provider.metadata().getIssuer(), client, keys, null);
    validator.setMaxClockSkew(CLOCK_SKEW_SECONDS);
    try {
      var claims = new Claims(validator.validate(token, kept.nonce()).toJSONObject());
      // The SDK looks at it only where there are several audiences.
      if (claims.has("azp") && !claims.text("azp").equals(Optional.of(client.getValue()))) {
        throw OidcSingleSignOn.refused(
            "the provider's token is not good: it is for another client");
      }
      return claims;
    } catch (KeySourceException e) {
      throw new RequestException(
          ErrorCode.UNAVAILABLE, "the provider's keys cannot be read: " + message(e), e);
    } catch (BadJOSEException | JOSEException e) {
      throw new RequestException(
          ErrorCode.UNAUTHENTICATED, "the provider's token is not good: " + message(e), e);
    }
  }

  private Map<String, ? extends @Nullable Object> userInfo(
      URI endpoint, AccessToken token, Claims claims) {
    try {
      var answer = answered(new UserInfoRequest(endpoint, token).toHTTPRequest().send(http));
      if (!answer.indicatesSuccess()) {
        throw OidcSingleSignOn.refused(
            "the provider tells nothing of the person: it answered " + answer.getStatusCode());
      }
      var said = JSONObjectUtils.parse(answer.getBody());
      if (!claims.text("sub").equals(Optional.ofNullable(said.get("sub")))) {
        throw OidcSingleSignOn.refused("the provider tells of another person than its token does");
      }
      return said;
    } catch (IOException e) {
      throw away(e);
    } catch (java.text.ParseException e) {
      throw OidcSingleSignOn.refused("the provider's answer cannot be read: " + message(e));
    }
  }

  private static HTTPResponse answered(HTTPResponse answer) {
    if (answer.getStatusCode() >= SERVER_ERROR) {
      throw new RequestException(
          ErrorCode.UNAVAILABLE, "the provider answered " + answer.getStatusCode());
    }
    return answer;
  }

  private static RequestException refused(@Nullable String error, @Nullable String description) {
    var text =
        "the provider gives no token: %s%s"
            .formatted(
                Names.shown(String.valueOf(error)),
                description == null ? "" : " (" + Names.shown(description) + ")");
    return OUR_FAULT.contains(String.valueOf(error))
        ? new RequestException(
            ErrorCode.FAILED_PRECONDITION, text + "; check gateway.oidc.client-id and its secret")
        : OidcSingleSignOn.refused(text);
  }

  private static RequestException away(IOException e) {
    return new RequestException(
        ErrorCode.UNAVAILABLE, "the provider cannot be reached: " + message(e), e);
  }

  private static String message(Exception failure) {
    return Names.shown(String.valueOf(failure.getMessage()));
  }
}
