package io.sysmonstm.tls;

import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * By which a new machine knows an authority that it has never seen: {@code sha256:} and the hash of
 * its public key, which survives a certificate that is made anew for the same key. Immutable.
 *
 * @param hash 64 digits in lower-case hex
 */
public record CertificatePin(String hash) {
  private static final Pattern FORM = Pattern.compile("sha256:([0-9A-Fa-f]{64})");

  /**
   * {@return the pin of an authority}
   *
   * @param certificate its own
   */
  public static CertificatePin of(X509Certificate certificate) {
    return new CertificatePin(
        HexFormat.of().formatHex(Secrets.sha256(certificate.getPublicKey().getEncoded())));
  }

  /**
   * {@return the pin that a text means, empty where it means none}
   *
   * @param text for example {@code sha256:} and 64 digits
   */
  public static Optional<CertificatePin> parse(String text) {
    var matcher = FORM.matcher(text.strip());
    return matcher.matches()
        ? Optional.of(new CertificatePin(matcher.group(1).toLowerCase(Locale.ROOT)))
        : Optional.empty();
  }

  /** {@return the text of it} */
  @Override
  public String toString() {
    return "sha256:" + hash;
  }
}
