package io.sysmonstm.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a server or client speaks TLS with now. Its managers and context stay the same; what they
 * show and trust changes with {@link #use}, for handshakes from then on. Connections that are open
 * go on. Thread-safe.
 */
public final class CurrentTls {
  /** TLS 1.3, and 1.2 as the floor. */
  public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  // A session that is resumed is not verified anew, so that it must not last beyond a change.
  private static final int SESSION_SECONDS = 60;

  private record Trusted(TlsMaterial material, X509ExtendedTrustManager manager) {}

  private final SwitchingKeyManager keys = new SwitchingKeyManager();
  private final SwitchingTrustManager trust = new SwitchingTrustManager(() -> trusted().manager);
  private volatile Trusted trusted;
  private @Nullable SSLContext context;

  /**
   * Begins with what is there.
   *
   * @param material what to show and trust
   */
  public CurrentTls(TlsMaterial material) {
    trusted = new Trusted(material, trustIn(material));
    material.identity().ifPresent(keys::use);
  }

  /**
   * Shows and trusts something else from now on.
   *
   * @param material all of it
   * @throws IllegalArgumentException where the authorities cannot be used; nothing changes then
   */
  public synchronized void use(TlsMaterial material) {
    var next = new Trusted(material, trustIn(material));
    material.identity().ifPresentOrElse(keys::use, keys::clear);
    // The last: who sees the new material shows the new certificate.
    trusted = next;
  }

  /** {@return what is shown and trusted now} */
  public TlsMaterial material() {
    return trusted.material;
  }

  /** {@return until when what is shown is valid, empty where nothing is shown} */
  public Optional<Instant> notAfter() {
    return material().identity().map(TlsIdentity::notAfter);
  }

  /** {@return what shows the certificate of the time} */
  public X509ExtendedKeyManager keyManager() {
    return keys;
  }

  /** {@return what verifies the other side by the authorities of the time} */
  public X509ExtendedTrustManager trustManager() {
    return trust;
  }

  /** {@return a context of the JDK over both, always the same one} */
  public synchronized SSLContext context() {
    if (context == null) {
      try {
        context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
        context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
        context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
      } catch (NoSuchAlgorithmException | KeyManagementException e) {
        throw new IllegalStateException("this JVM has no TLS", e);
      }
    }
    return context;
  }

  private Trusted trusted() {
    return trusted;
  }

  static X509ExtendedTrustManager trustIn(TlsMaterial material) {
    try {
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(material.trust().isEmpty() ? null : authorities(material));
      for (var manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
      throw new IllegalStateException("this JVM verifies no certificates");
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the authorities cannot be used: " + e.getMessage(), e);
    }
  }

  private static KeyStore authorities(TlsMaterial material) throws GeneralSecurityException {
    var store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new IllegalStateException("an empty key store cannot be made", e);
    }
    int number = 0;
    for (var certificate : material.trust()) {
      store.setCertificateEntry("authority-" + number++, certificate);
    }
    return store;
  }
}
