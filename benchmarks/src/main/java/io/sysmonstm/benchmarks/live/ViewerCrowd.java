package io.sysmonstm.benchmarks.live;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Many viewers on sockets of their own, read by one thread. */
final class ViewerCrowd implements AutoCloseable {
  private static final byte[] PONG = {(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0};
  private static final int SMALL = 4_096;

  private final Latencies latencies;
  private final int port;
  private final Selector selector;
  private final List<SocketChannel> channels = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
  private volatile boolean closed;

  ViewerCrowd(int port, Latencies latencies) throws IOException {
    this.port = port;
    this.latencies = latencies;
    this.selector = Selector.open();
    Thread.ofPlatform().name("viewers").daemon().start(this::run);
  }

  /** Lets so many more in, which read all they get. */
  void join(int viewers) throws IOException {
    for (int i = 0; i < viewers; i++) {
      var channel = open(0);
      channel.configureBlocking(false);
      selector.wakeup();
      channel.register(selector, SelectionKey.OP_READ, new FrameReader());
    }
  }

  /** Lets so many more in, which read nothing. */
  void joinStalled(int viewers) throws IOException {
    for (int i = 0; i < viewers; i++) {
      open(SMALL);
    }
  }

  private SocketChannel open(int receiveBuffer) throws IOException {
    var channel = SocketChannel.open();
    if (receiveBuffer > 0) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
    }
    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    var handshake =
        String.join(
            "\r\n",
            "GET /ws HTTP/1.1",
            "Host: localhost",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "",
            "");
    channel.write(ByteBuffer.wrap(handshake.getBytes(US_ASCII)));
    var answer = new StringBuilder();
    var one = ByteBuffer.allocate(1);
    while (answer.indexOf("\r\n\r\n") < 0) {
      if (channel.read(one.clear()) < 0) {
        throw new IOException("refused: " + answer);
      }
      answer.append((char) one.get(0));
    }
    if (answer.indexOf(" 101 ") < 0) {
      throw new IOException("refused: " + answer);
    }
    channels.add(channel);
    return channel;
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(key -> read(key), 100);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(SelectionKey key) {
    var channel = (SocketChannel) key.channel();
    try {
      int count = channel.read(buffer.clear());
      if (count < 0) {
        throw new IOException("the server closed the connection of a viewer that reads");
      }
      long now = System.currentTimeMillis();
      ((FrameReader) key.attachment())
          .read(
              buffer.flip(),
              new FrameReader.Sink() {
                @Override
                public void metrics(long collectedAtMillis) {
                  latencies.add(now - collectedAtMillis);
                }

                @Override
                public void ping() {
                  pong(channel);
                }
              });
    } catch (IOException e) {
      key.cancel();
      if (!closed) {
        System.err.println("a viewer was lost: " + e.getMessage());
      }
    }
  }

  private static void pong(SocketChannel channel) {
    try {
      channel.write(ByteBuffer.wrap(PONG));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    selector.close();
    for (var channel : channels) {
      channel.close();
    }
  }
}
