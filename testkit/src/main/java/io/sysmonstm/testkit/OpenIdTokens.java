package io.sysmonstm.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.testkit.OpenIdServer.Signing;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The keys of an {@link OpenIdServer}, and its tokens, good and bad ones. Thread-safe. */
final class OpenIdTokens {
  private static final int KEY_BITS = 2048;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private record Key(String id, KeyPair pair) {}

  // Made once for all servers, since it takes a while.
  private static final Key FIRST = generate("key-1");
  private static final Key FOREIGN = generate("key-1");

  private int made = 1;
  private Key current = FIRST;

  /** Signs by another key from now on, and tells of that one alone. */
  synchronized void rotate() {
    current = generate("key-" + ++made);
  }

  /** Returns the document behind {@code jwks_uri}. */
  synchronized String keys() {
    var key = (RSAPublicKey) current.pair.getPublic();
    return JsonText.of(
        Map.of(
            "keys",
            List.of(
                Map.of(
                    "kty",
                    "RSA",
                    "use",
                    "sig",
                    "kid",
                    current.id,
                    "n",
                    base64(key.getModulus()),
                    "e",
                    base64(key.getPublicExponent())))));
  }

  /** Returns a token. */
  synchronized String token(Map<String, Object> claims, Signing signing, String secret) {
    var header = new LinkedHashMap<String, Object>();
    header.put("alg", signing.algorithm());
    header.put("kid", current.id);
    var text = base64(JsonText.of(header)) + "." + base64(JsonText.of(claims));
    try {
      return text + "." + BASE64.encodeToString(signature(text.getBytes(UTF_8), signing, secret));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] signature(byte[] text, Signing signing, String secret)
      throws GeneralSecurityException {
    return switch (signing) {
      case RS256 -> signed(text, current);
      case FOREIGN_KEY -> signed(text, FOREIGN);
      case NONE -> new byte[0];
      case HS256_BY_SECRET -> authenticated(text, secret.getBytes(UTF_8));
      case HS256_BY_PUBLIC_KEY -> authenticated(text, current.pair.getPublic().getEncoded());
    };
  }

  private static byte[] signed(byte[] text, Key key) throws GeneralSecurityException {
    var signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(key.pair.getPrivate());
    signature.update(text);
    return signature.sign();
  }

  private static byte[] authenticated(byte[] text, byte[] key) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text);
  }

  private static Key generate(String id) {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(KEY_BITS);
      return new Key(id, generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(BigInteger number) {
    var bytes = number.toByteArray();
    int from = bytes[0] == 0 ? 1 : 0;
    return BASE64.encodeToString(Arrays.copyOfRange(bytes, from, bytes.length));
  }

  private static String base64(String text) {
    return BASE64.encodeToString(text.getBytes(UTF_8));
  }
}
