package io.sysmonstm.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Begins to speak a TLS that is too old, which a JDK does not do any more, and hears what a server
 * says to it.
 */
public final class OldTls {
  /** The version number of TLS 1.0. */
  public static final int TLS_1_0 = 0x0301;

  /** The version number of TLS 1.1. */
  public static final int TLS_1_1 = 0x0302;

  /** The alert with which a server refuses a version of the protocol. */
  public static final int PROTOCOL_VERSION = 70;

  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int HANDSHAKE = 22;
  private static final int ALERT = 21;
  // ECDHE with ECDSA and RSA, and RSA, all with AES-128 and SHA-1, which is what there was.
  private static final byte[] SUITES = HexFormat.of().parseHex("0006c009c013002f");
  // No compression; the curve secp256r1, and its points uncompressed.
  private static final byte[] REST =
      HexFormat.of().parseHex("0100" + "000e" + "000a000400020017" + "000b00020100");

  private OldTls() {}

  /**
   * {@return the alert that a server answers with, empty where it goes on with the handshake}
   *
   * @param server a server that speaks TLS
   * @param version {@link #TLS_1_1} for example: the newest that is spoken
   */
  public static Optional<Integer> alert(InetSocketAddress server, int version) {
    try (var socket = new Socket()) {
      socket.connect(server, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(hello(version));
      var in = new DataInputStream(socket.getInputStream());
      int type = in.readUnsignedByte();
      in.skipNBytes(2);
      var record = in.readNBytes(in.readUnsignedShort());
      return type == ALERT ? Optional.of((int) record[1]) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] hello(int version) {
    var body = new ByteArrayOutputStream();
    body.writeBytes(ByteBuffer.allocate(34).putShort((short) version).array());
    // No session to be resumed.
    body.write(0);
    body.writeBytes(SUITES);
    body.writeBytes(REST);
    int length = body.size();
    return ByteBuffer.allocate(9 + length)
        .put((byte) HANDSHAKE)
        .putShort((short) TLS_1_0)
        .putShort((short) (4 + length))
        .putInt((1 << 24) | length)
        .put(body.toByteArray())
        .array();
  }
}
