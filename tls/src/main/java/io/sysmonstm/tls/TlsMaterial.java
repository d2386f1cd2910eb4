package io.sysmonstm.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What one side of TLS shows and trusts. Immutable.
 *
 * @param identity what it shows
 * @param trust the authorities it trusts; those of the JVM where there are none
 */
public record TlsMaterial(Optional<TlsIdentity> identity, List<X509Certificate> trust) {
  /** Copies the list. */
  public TlsMaterial {
    trust = List.copyOf(trust);
  }
}
