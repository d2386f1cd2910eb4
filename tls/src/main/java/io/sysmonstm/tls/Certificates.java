package io.sysmonstm.tls;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Certificates as text. */
public final class Certificates {
  private static final String LABEL = "CERTIFICATE";

  private Certificates() {}

  /**
   * {@return the certificates of a PEM text, in its order, at least one}
   *
   * @param pem text with blocks {@code CERTIFICATE}; what stands around them is left out
   * @throws IllegalArgumentException where there is none, or one cannot be read
   */
  public static List<X509Certificate> parse(String pem) {
    var certificates = new ArrayList<X509Certificate>();
    for (var block : Pem.parse(pem)) {
      if (block.label().equals(LABEL)) {
        certificates.add(decode(block.der()));
      }
    }
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("it holds no block 'CERTIFICATE'");
    }
    return List.copyOf(certificates);
  }

  /**
   * {@return a certificate}
   *
   * @param der its encoding
   * @throws IllegalArgumentException where it cannot be read
   */
  public static X509Certificate decode(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("a certificate is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * {@return the PEM text of certificates}
   *
   * @param certificates in the order to be written
   */
  public static String toPem(List<X509Certificate> certificates) {
    var text = new StringBuilder();
    for (var certificate : certificates) {
      text.append(Pem.write(LABEL, encoded(certificate)));
    }
    return text.toString();
  }

  /**
   * {@return the SHA-256 of a certificate as browsers and openssl show it, {@code AB:CD:…}}
   *
   * @param certificate any
   */
  public static String fingerprint(X509Certificate certificate) {
    return HexFormat.ofDelimiter(":")
        .withUpperCase()
        .formatHex(Secrets.sha256(encoded(certificate)));
  }

  static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }
}
