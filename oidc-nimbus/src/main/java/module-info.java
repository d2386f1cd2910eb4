import io.sysmonstm.oidc.nimbus.OidcSingleSignOnProvider;
import io.sysmonstm.spi.SingleSignOnProvider;
import org.jspecify.annotations.NullMarked;

/**
 * Lets people in whom an OpenID provider vouches for. Depend on it to log in to a gateway by OpenID
 * Connect; {@link io.sysmonstm.oidc.nimbus.OidcSingleSignOnProvider} is the entry.
 */
@NullMarked
@SuppressWarnings("requires-automatic") // the SDK has no module descriptors
module io.sysmonstm.oidc.nimbus {
  requires com.nimbusds.jose.jwt;
  requires oauth2.oidc.sdk;
  requires io.sysmonstm.tls;
  requires transitive io.sysmonstm.spi;
  requires java.net.http;
  requires static org.jspecify;

  exports io.sysmonstm.oidc.nimbus;

  provides SingleSignOnProvider with
      OidcSingleSignOnProvider;
}
