package io.sysmonstm.oidc.nimbus;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What an administrator says of the provider. Immutable.
 *
 * @param issuer the provider, as it names itself
 * @param clientId what it knows the gateway by
 * @param clientSecret none for a public client
 * @param proof how the secret is sent; empty leaves it to the provider
 * @param scopes what is asked for beside {@code openid}
 * @param name for people
 * @param roles who may do what
 * @param redirect where people come back to; empty leaves it to the gateway
 */
record OidcConfig(
    URI issuer,
    String clientId,
    Optional<String> clientSecret,
    Optional<ClientProof> proof,
    List<String> scopes,
    String name,
    RoleRule roles,
    Optional<URI> redirect) {
  /** The path of the gateway that people come back to. */
  static final String CALLBACK = "/api/v1/login/oidc/callback";

  OidcConfig {
    scopes = List.copyOf(scopes);
  }

  /** Leaves the secret out. */
  @Override
  public String toString() {
    return "OidcConfig[%s, %s]".formatted(issuer, clientId);
  }
}
