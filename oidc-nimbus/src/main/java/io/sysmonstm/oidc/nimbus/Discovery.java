package io.sysmonstm.oidc.nimbus;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderConfigurationRequest;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.TimeSource;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the provider says of itself, asked for at the first login and kept for a while. Thread-safe.
 */
final class Discovery {
  /** How long its metadata is kept. */
  static final Duration KEPT = Duration.ofHours(1);

  /** How long it is left alone after a failure, so that many who wait ask it once. */
  static final Duration LEFT_ALONE = Duration.ofSeconds(5);

  // Keys that are not known are asked for at once, but not more often than twice in this time.
  private static final Duration KEYS_KEPT = Duration.ofMinutes(5);
  private static final Duration KEYS_PAUSE = Duration.ofSeconds(30);
  private static final Duration KEYS_WITHIN = Duration.ofSeconds(15);

  private final URI issuer;
  private final OidcHttp http;
  private final TimeSource time;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Found found;
  private @Nullable Failed failed;

  /**
   * A provider as it says of itself.
   *
   * @param metadata where it is asked what
   * @param keys by which its tokens are signed
   * @param at when that was, in nanoseconds
   */
  record Found(OIDCProviderMetadata metadata, JWKSource<SecurityContext> keys, long at) {}

  private record Failed(RequestException cause, long at) {}

  Discovery(URI issuer, OidcHttp http, TimeSource time) {
    this.issuer = issuer;
    this.http = http;
    this.time = time;
  }

  /**
   * {@return the provider}
   *
   * @throws RequestException UNAVAILABLE where it does not answer, FAILED_PRECONDITION where the
   *     answer is of no use
   */
  Found provider() {
    lock.lock();
    try {
      long now = time.nanoTime();
      var known = found;
      if (known != null && now - known.at < KEPT.toNanos()) {
        return known;
      }
      var lately = failed;
      if (lately != null && now - lately.at < LEFT_ALONE.toNanos()) {
        throw new RequestException(lately.cause.code(), message(lately.cause), lately.cause);
      }
      return ask();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets what it said, which may have changed; it is asked again at the next login. */
  void forget() {
    lock.lock();
    try {
      found = null;
    } finally {
      lock.unlock();
    }
  }

  private Found ask() {
    try {
      var metadata = metadata();
      var next = new Found(metadata, keys(metadata), time.nanoTime());
      found = next;
      failed = null;
      return next;
    } catch (RequestException e) {
      failed = new Failed(e, time.nanoTime());
      throw e;
    }
  }

  private OIDCProviderMetadata metadata() {
    try {
      var answer =
          new OIDCProviderConfigurationRequest(new Issuer(issuer)).toHTTPRequest().send(http);
      if (answer.getStatusCode() >= 500) {
        throw away("%s answered %d".formatted(issuer, answer.getStatusCode()), null);
      }
      if (answer.getStatusCode() != 200) {
        throw useless("%s answered %d".formatted(issuer, answer.getStatusCode()), null);
      }
      var metadata = OIDCProviderMetadata.parse(answer.getBody());
      check(metadata);
      return metadata;
    } catch (IOException e) {
      throw away(message(e), e);
    } catch (GeneralException e) {
      throw useless("what it says of itself cannot be read (%s)".formatted(message(e)), e);
    }
  }

  private void check(OIDCProviderMetadata metadata) {
    if (!metadata.getIssuer().getValue().equals(issuer.toString())) {
      throw useless(
          "it calls itself '%s': expected '%s', to the letter"
              .formatted(Names.shown(metadata.getIssuer().getValue()), issuer),
          null);
    }
    requireSafe("authorization_endpoint", metadata.getAuthorizationEndpointURI());
    requireSafe("token_endpoint", metadata.getTokenEndpointURI());
    requireSafe("jwks_uri", metadata.getJWKSetURI());
  }

  private static void requireSafe(String name, @Nullable URI uri) {
    if (uri == null || !OidcHttp.isSafe(uri)) {
      throw useless("its %s is %s: expected https".formatted(name, uri), null);
    }
  }

  private JWKSource<SecurityContext> keys(OIDCProviderMetadata metadata) {
    try {
      return JWKSourceBuilder.create(metadata.getJWKSetURI().toURL(), http)
          .cache(KEYS_KEPT.toMillis(), KEYS_WITHIN.toMillis())
          .refreshAheadCache(false)
          .rateLimited(KEYS_PAUSE.toMillis())
          .build();
    } catch (MalformedURLException | IllegalArgumentException e) {
      throw useless("its jwks_uri cannot be used (%s)".formatted(message(e)), e);
    }
  }

  private static RequestException away(String why, @Nullable Throwable cause) {
    return new RequestException(
        ErrorCode.UNAVAILABLE, "the OpenID provider cannot be reached: " + why, cause);
  }

  private static RequestException useless(String why, @Nullable Throwable cause) {
    return new RequestException(
        ErrorCode.FAILED_PRECONDITION,
        "the OpenID provider cannot be used: %s; check gateway.oidc.issuer".formatted(why),
        cause);
  }

  private static String message(Throwable failure) {
    return Names.shown(String.valueOf(failure.getMessage()));
  }
}
