package io.sysmonstm.tls;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/** Asks for a certificate without letting go of the key: PKCS #10, with a key on P-256. */
public final class CertificateRequest {
  private static final byte[] COMMON_NAME = Der.hex("0603550403");
  private static final byte[] ECDSA_WITH_SHA256 = Der.hex("06082a8648ce3d040302");

  private CertificateRequest() {}

  /** {@return a new pair of keys} */
  public static KeyPair newKeys() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM makes no keys on P-256", e);
    }
  }

  /**
   * {@return a request in DER}
   *
   * @param commonName whom the certificate is for
   * @param keys a pair of {@link #newKeys}
   */
  public static byte[] encode(String commonName, KeyPair keys) {
    var name = Der.sequence(Der.set(Der.sequence(COMMON_NAME, Der.utf8(commonName))));
    // The last part would be attributes, of which there are none.
    var content =
        Der.sequence(
            Der.integer(0), name, keys.getPublic().getEncoded(), Der.tagged(Der.CONTEXT_0));
    try {
      var signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(content);
      return Der.sequence(content, Der.sequence(ECDSA_WITH_SHA256), Der.bits(signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the keys cannot sign a request", e);
    }
  }
}
