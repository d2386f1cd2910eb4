package io.sysmonstm.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** A block of a PEM file: what stands behind BEGIN, and what it holds. Immutable. */
final class Pem {
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");

  private final String label;
  private final byte[] der;

  private Pem(String label, byte[] der) {
    this.label = label;
    this.der = der;
  }

  String label() {
    return label;
  }

  byte[] der() {
    return der;
  }

  /** Reads all blocks; text around them is left out. */
  static List<Pem> parse(String text) {
    var blocks = new ArrayList<Pem>();
    var begin = BEGIN.matcher(text);
    int from = 0;
    while (begin.find(from)) {
      var label = begin.group(1);
      var endLine = "-----END " + label + "-----";
      int end = text.indexOf(endLine, begin.end());
      if (end < 0) {
        throw new IllegalArgumentException(
            "it ends within a block '%s'; is it complete?".formatted(label));
      }
      blocks.add(new Pem(label, decode(label, text.substring(begin.end(), end))));
      from = end + endLine.length();
    }
    return blocks;
  }

  private static byte[] decode(String label, String base64) {
    // Headers, as of keys that are encrypted in the old way, end with an empty line.
    if (base64.contains("ENCRYPTED")) {
      throw new IllegalArgumentException(
          "its block '%s' is encrypted; write it without a password: openssl pkey -in FILE -out NEW"
              .formatted(label));
    }
    try {
      return Base64.getMimeDecoder().decode(base64.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("its block '%s' is not Base64".formatted(label), e);
    }
  }

  static String write(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(
            label,
            new String(Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(der), ISO_8859_1),
            label);
  }

  /** Leaves the content out, which may be a key. */
  @Override
  public String toString() {
    return "Pem[" + label + "]";
  }
}
