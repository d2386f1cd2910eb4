package io.sysmonstm.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts the one authority of a pin, which the server sends along, and verifies the rest as ever:
 * dates, signatures and the name of the server. Thread-safe.
 */
public final class PinnedTrust extends X509ExtendedTrustManager {
  private final CertificatePin pin;

  /**
   * Creates it.
   *
   * @param pin of the authority
   */
  public PinnedTrust(CertificatePin pin) {
    this.pin = pin;
  }

  private X509ExtendedTrustManager trustIn(X509Certificate[] chain) throws CertificateException {
    for (var candidate : chain) {
      // Less than zero where it is none of an authority.
      if (candidate.getBasicConstraints() >= 0 && CertificatePin.of(candidate).equals(pin)) {
        return CurrentTls.trustIn(new TlsMaterial(Optional.empty(), List.of(candidate)));
      }
    }
    throw new CertificateException(
        "none of the server's certificates is of the authority with the pin " + pin);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    trustIn(chain).checkServerTrusted(chain, authType, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    trustIn(chain).checkServerTrusted(chain, authType, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    trustIn(chain).checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw forClients();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw forClients();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw forClients();
  }

  private static CertificateException forClients() {
    return new CertificateException("a pin is for servers");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
