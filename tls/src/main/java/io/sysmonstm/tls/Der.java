package io.sysmonstm.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** As much of ASN.1's distinguished encoding as keys and requests of certificates need. */
final class Der {
  static final int CONTEXT_0 = 0xA0;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int UTF8_STRING = 0x0C;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;

  private Der() {}

  static byte[] tagged(int tag, byte[]... parts) {
    int length = 0;
    for (var part : parts) {
      length += part.length;
    }
    var out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      var bytes = BigInteger.valueOf(length).toByteArray();
      int from = bytes[0] == 0 ? 1 : 0;
      out.write(0x80 | (bytes.length - from));
      out.write(bytes, from, bytes.length - from);
    }
    for (var part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return tagged(SEQUENCE, parts);
  }

  static byte[] set(byte[]... parts) {
    return tagged(SET, parts);
  }

  static byte[] integer(long value) {
    return tagged(INTEGER, BigInteger.valueOf(value).toByteArray());
  }

  static byte[] octets(byte[] value) {
    return tagged(OCTET_STRING, value);
  }

  static byte[] bits(byte[] value) {
    return tagged(BIT_STRING, new byte[] {0}, value);
  }

  static byte[] utf8(String value) {
    return tagged(UTF8_STRING, value.getBytes(UTF_8));
  }

  static byte[] ascii(int tag, String value) {
    return tagged(tag, value.getBytes(US_ASCII));
  }

  /** An object identifier or anything else that is known as bytes. */
  static byte[] hex(String value) {
    return HexFormat.of().parseHex(value);
  }

  /**
   * The content of the first element with a tag in a sequence, empty where there is none or the
   * bytes make no sense.
   */
  static Optional<byte[]> find(int tag, byte[] sequence) {
    int[] at = {0};
    return content(SEQUENCE, sequence, at).flatMap(inside -> findWithin(tag, inside));
  }

  private static Optional<byte[]> findWithin(int tag, byte[] inside) {
    int[] at = {0};
    while (at[0] < inside.length) {
      int here = inside[at[0]] & 0xFF;
      var content = content(here, inside, at);
      if (content.isEmpty() || here == tag) {
        return content;
      }
    }
    return Optional.empty();
  }

  private static Optional<byte[]> content(int tag, byte[] der, int[] at) {
    int position = at[0];
    if (position + 2 > der.length || (der[position] & 0xFF) != tag) {
      return Optional.empty();
    }
    int length = der[position + 1] & 0xFF;
    position += 2;
    if (length >= 0x80) {
      int bytes = length & 0x7F;
      if (bytes == 0 || bytes > 3 || position + bytes > der.length) {
        return Optional.empty();
      }
      length = 0;
      for (int i = 0; i < bytes; i++) {
        length = length << 8 | (der[position++] & 0xFF);
      }
    }
    if (position + length > der.length) {
      return Optional.empty();
    }
    at[0] = position + length;
    return Optional.of(Arrays.copyOfRange(der, position, position + length));
  }
}
