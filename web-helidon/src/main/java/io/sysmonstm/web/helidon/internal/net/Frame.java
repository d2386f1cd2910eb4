package io.sysmonstm.web.helidon.internal.net;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket frame from server to viewer: made once and shared by all viewers that get it.
 * Thread-safe, so far as everybody keeps hands off the arrays.
 */
public final class Frame {
  private static final int FIN = 0x80;
  private static final int TEXT = 0x1;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xA;
  private static final int LONGEST_HEADER = 10;
  private static final int TWO_BYTE_LENGTH = 126;
  private static final int EIGHT_BYTE_LENGTH = 127;
  private static final byte[] NOTHING = {};

  private final boolean last;
  private volatile @Nullable List<byte[]> parts;
  // Guarded by this; gone once the frame is made.
  private @Nullable Supplier<byte[]> text;

  private Frame(List<byte[]> parts, boolean last) {
    this.parts = parts;
    this.last = last;
  }

  private Frame(Supplier<byte[]> text) {
    this.text = text;
    this.last = false;
  }

  /**
   * {@return a frame with a text}
   *
   * @param utf8 the text
   */
  public static Frame text(byte[] utf8) {
    return joined(TEXT, utf8);
  }

  /**
   * {@return a frame with a text in parts, which are shared and not copied}
   *
   * @param utf8 the text's parts in order
   */
  public static Frame text(List<byte[]> utf8) {
    long length = utf8.stream().mapToLong(part -> part.length).sum();
    var withHeader = new ArrayList<byte[]>(utf8.size() + 1);
    withHeader.add(header(TEXT, length));
    withHeader.addAll(utf8);
    return new Frame(List.copyOf(withHeader), false);
  }

  /**
   * {@return a frame with a text that is made by the first thread which needs it, once}
   *
   * @param utf8 makes the text
   */
  public static Frame later(Supplier<byte[]> utf8) {
    return new Frame(utf8);
  }

  /** {@return a ping without a payload} */
  public static Frame ping() {
    return joined(PING, NOTHING);
  }

  /**
   * {@return the answer to a ping}
   *
   * @param payload the payload of the ping, at most 125 bytes
   */
  public static Frame pong(byte[] payload) {
    return joined(PONG, payload);
  }

  /**
   * {@return the frame that closes a connection}
   *
   * @param code the close code
   */
  public static Frame close(int code) {
    return joined(CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
  }

  private static Frame joined(int opcode, byte[] payload) {
    return new Frame(List.of(bytes(opcode, payload)), opcode == CLOSE);
  }

  private static byte[] bytes(int opcode, byte[] payload) {
    var header = header(opcode, payload.length);
    var all = new byte[header.length + payload.length];
    System.arraycopy(header, 0, all, 0, header.length);
    System.arraycopy(payload, 0, all, header.length, payload.length);
    return all;
  }

  private static byte[] header(int opcode, long length) {
    var header = ByteBuffer.allocate(LONGEST_HEADER).put((byte) (FIN | opcode));
    if (length < TWO_BYTE_LENGTH) {
      header.put((byte) length);
    } else if (length <= 0xFFFF) {
      header.put((byte) TWO_BYTE_LENGTH).putShort((short) length);
    } else {
      header.put((byte) EIGHT_BYTE_LENGTH).putLong(length);
    }
    var bytes = new byte[header.position()];
    header.flip().get(bytes);
    return bytes;
  }

  /** {@return the bytes of the frame in order, in parts} */
  public List<byte[]> parts() {
    var made = parts;
    return made == null ? make() : made;
  }

  private synchronized List<byte[]> make() {
    var made = parts;
    if (made == null) {
      made = List.of(bytes(TEXT, Objects.requireNonNull(text, "text").get()));
      parts = made;
      text = null;
    }
    return made;
  }

  /** {@return whether nothing may follow: it is a close frame} */
  public boolean last() {
    return last;
  }

  /** {@return how many bytes it takes on the wire} */
  public long length() {
    long length = 0;
    for (var part : parts()) {
      length += part.length;
    }
    return length;
  }
}
