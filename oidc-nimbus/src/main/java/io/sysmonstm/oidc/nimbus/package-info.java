/**
 * Logging in by OpenID Connect: the authorization code flow with PKCE; {@link
 * io.sysmonstm.oidc.nimbus.OidcSingleSignOnProvider} makes it from configuration.
 */
package io.sysmonstm.oidc.nimbus;
