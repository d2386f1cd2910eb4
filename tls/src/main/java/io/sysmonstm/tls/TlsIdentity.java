package io.sysmonstm.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A certificate and the private key that proves it. Immutable.
 *
 * @param key of the first certificate
 * @param chain the own certificate, followed by those it was signed with
 */
public record TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
  private static final byte[] PROBE = "sysmonstm".getBytes(UTF_8);

  /**
   * Checks that key and certificate belong together.
   *
   * @throws IllegalArgumentException where they do not, or there is no certificate
   */
  public TlsIdentity {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("there is no certificate");
    }
    if (!belongTogether(key, chain.getFirst().getPublicKey())) {
      throw new IllegalArgumentException("the key is not that of the certificate");
    }
  }

  /**
   * {@return the identity of two PEM texts}
   *
   * @param certificates the own one first
   * @param key PKCS #8, or as openssl wrote EC and RSA keys before
   * @throws IllegalArgumentException where one cannot be read, or they do not belong together
   */
  public static TlsIdentity parse(String certificates, String key) {
    return new TlsIdentity(PrivateKeys.parse(key), Certificates.parse(certificates));
  }

  /** {@return the own certificate} */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** {@return until when the whole chain is valid} */
  public Instant notAfter() {
    return chain.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /** {@return the key as PEM, PKCS #8: a secret} */
  public String keyPem() {
    return Pem.write("PRIVATE KEY", key.getEncoded());
  }

  /** Leaves the key out. */
  @Override
  public String toString() {
    return "TlsIdentity[" + certificate().getSubjectX500Principal() + "]";
  }

  private static boolean belongTogether(PrivateKey key, PublicKey certified) {
    var algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          case "RSASSA-PSS" -> "RSASSA-PSS";
          default -> "EdDSA";
        };
    if (algorithm.equals("RSASSA-PSS")) {
      // Its signatures want parameters; a handshake that fails says the same.
      return certified.getAlgorithm().startsWith("RSA");
    }
    try {
      var signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(PROBE);
      var verifier = Signature.getInstance(algorithm);
      verifier.initVerify(certified);
      verifier.update(PROBE);
      return verifier.verify(signer.sign());
    } catch (GeneralSecurityException differentKinds) {
      return false;
    }
  }
}
