package io.sysmonstm.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Set;

/** Reads private keys, as openssl and others write them. */
final class PrivateKeys {
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA", "RSASSA-PSS");
  private static final Set<String> LABELS =
      Set.of("PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
  private static final byte[] EC = Der.hex("06072a8648ce3d0201");
  private static final byte[] RSA_WITHOUT_PARAMETERS = Der.hex("06092a864886f70d010101" + "0500");

  private PrivateKeys() {}

  static PrivateKey parse(String pem) {
    var block =
        Pem.parse(pem).stream()
            .filter(candidate -> LABELS.contains(candidate.label()))
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("it holds no block 'PRIVATE KEY' (PKCS #8)"));
    return switch (block.label()) {
      case "EC PRIVATE KEY" -> parse(pkcs8OfEc(block.der()));
      case "RSA PRIVATE KEY" ->
          parse(
              Der.sequence(
                  Der.integer(0), Der.sequence(RSA_WITHOUT_PARAMETERS), Der.octets(block.der())));
      case "PRIVATE KEY" -> parse(block.der());
      default ->
          throw new IllegalArgumentException(
              "its key is encrypted; write it without a password: openssl pkey -in FILE -out NEW");
    };
  }

  private static byte[] pkcs8OfEc(byte[] key) {
    var curve =
        Der.find(Der.CONTEXT_0, key)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "its key names no curve; write it as PKCS #8: openssl pkey -in FILE -out"
                            + " NEW"));
    return Der.sequence(Der.integer(0), Der.sequence(EC, curve), Der.octets(key));
  }

  private static PrivateKey parse(byte[] pkcs8) {
    var spec = new PKCS8EncodedKeySpec(pkcs8);
    for (var algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (GeneralSecurityException another) {
        // It is a key of another algorithm, or none.
      }
    }
    throw new IllegalArgumentException(
        "its key is not one of " + String.join(", ", ALGORITHMS) + ", or damaged");
  }
}
