package io.sysmonstm.transport.grpc;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;

/** A connection that sends frames as it likes, where a gRPC client would not. */
final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  static final int STREAM_CLOSED = 5;
  static final int REFUSED_STREAM = 7;
  static final int CANCEL = 8;
  static final int ENHANCE_YOUR_CALM = 11;

  /** The type of a frame at the end of the connection. */
  static final int CLOSED = -1;

  private static final int ACK = 1;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  record Frame(int type, int flags, int stream, ByteBuffer payload) {
    /** The error code of a GOAWAY or of a reset. */
    int error() {
      return payload.getInt(type == GOAWAY ? Integer.BYTES : 0);
    }

    boolean isAnswerToPing() {
      return type == PING && flags == ACK;
    }
  }

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final OutputStream out;

  RawHttp2(InetSocketAddress server) throws IOException {
    socket.connect(server);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** Says who it is, and agrees to what the server says. */
  RawHttp2 begin() throws IOException {
    raw(PREFACE.getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
    return this;
  }

  void raw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    raw(bytes(type, flags, stream, payload));
  }

  /** A frame with one number. */
  void frame(int type, int stream, int number) throws IOException {
    frame(type, 0, stream, ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
  }

  static byte[] bytes(int type, int flags, int stream, byte[] payload) {
    var frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    return frame.array();
  }

  void ping() throws IOException {
    frame(PING, 0, 0, new byte[8]);
  }

  /** Begins a gRPC call. */
  void call(int stream, String method) throws IOException {
    frame(HEADERS, END_HEADERS, stream, headers(method, 0));
  }

  /**
   * The headers of a call.
   *
   * @param padding the length of one more header's value; none where it is 0
   */
  static byte[] headers(String method, int padding) {
    var headers = new ByteArrayOutputStream();
    header(headers, ":method", "POST");
    header(headers, ":scheme", "http");
    header(headers, ":path", "/" + method);
    header(headers, ":authority", "localhost");
    header(headers, "content-type", "application/grpc");
    header(headers, "te", "trailers");
    if (padding > 0) {
      header(headers, "x-padding", "x".repeat(padding));
    }
    return headers.toByteArray();
  }

  /** How large HTTP/2 takes the headers of a call to be: names, values, and 32 for each pair. */
  static int sizeOfHeaders(String method, int padding) {
    int fixed =
        ":method:scheme:path:authoritycontent-typete".length()
            + "POSThttp/localhostapplication/grpctrailers".length()
            + 6 * 32;
    return fixed + method.length() + (padding > 0 ? "x-padding".length() + padding + 32 : 0);
  }

  // Literal, neither indexed nor compressed.
  private static void header(ByteArrayOutputStream to, String name, String value) {
    to.write(0);
    text(to, name);
    text(to, value);
  }

  private static void text(ByteArrayOutputStream to, String text) {
    int more = text.length() - 127;
    to.write(Math.min(text.length(), 127));
    if (more >= 0) {
      for (; more >= 128; more >>= 7) {
        to.write((more & 127) | 128);
      }
      to.write(more);
    }
    to.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** A message of a gRPC call. */
  void message(int stream, int flags, byte[] message) throws IOException {
    frame(
        DATA,
        flags,
        stream,
        ByteBuffer.allocate(5 + message.length)
            .put((byte) 0)
            .putInt(message.length)
            .put(message)
            .array());
  }

  /**
   * The next frame other than settings and windows, waited for; null where there is none in time.
   */
  Frame read(Duration patience) throws IOException {
    socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
    while (true) {
      int lengthAndType;
      try {
        lengthAndType = in.readInt();
      } catch (SocketTimeoutException e) {
        return null;
      } catch (IOException closed) {
        return new Frame(CLOSED, 0, 0, ByteBuffer.allocate(0));
      }
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      var payload = in.readNBytes(lengthAndType >>> 8);
      int type = lengthAndType & 0xff;
      if (type != SETTINGS && type != WINDOW_UPDATE) {
        return new Frame(type, flags, stream, ByteBuffer.wrap(payload));
      }
      if (type == SETTINGS && flags != ACK && !agreed()) {
        return new Frame(CLOSED, 0, 0, ByteBuffer.allocate(0));
      }
    }
  }

  private boolean agreed() {
    try {
      frame(SETTINGS, ACK, 0, new byte[0]);
      return true;
    } catch (IOException closed) {
      return false;
    }
  }

  /** The first frame of one of these types, or the end of the connection. */
  Frame await(int... types) throws IOException {
    while (true) {
      var frame = read(Duration.ofSeconds(10));
      if (frame == null) {
        throw new AssertionError("no frame of types " + Arrays.toString(types));
      }
      if (frame.type() == CLOSED || IntStream.of(types).anyMatch(type -> type == frame.type())) {
        return frame;
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
