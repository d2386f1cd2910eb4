package io.sysmonstm.web.helidon.internal.net;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.ConnectionContext;
import io.helidon.websocket.ClientWsFrame;
import io.helidon.websocket.WsCloseException;
import io.sysmonstm.spi.TimeSource;
import java.io.ByteArrayOutputStream;
import java.time.Duration;

/**
 * Reads what a client sends on its WebSocket, within limits: whole text messages are handed on,
 * pings are answered, and whatever goes beyond what is allowed ends the connection. Confined to the
 * connection's thread.
 */
public final class MessageReader {
  private static final int MAX_CONTROL_BYTES = 125;
  private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

  /** The other half of the connection. */
  public interface Target {
    /**
     * Takes a whole message.
     *
     * @param utf8 the message, hostile ones too
     * @return the code to close the connection with, 0 where the message is fine
     */
    int message(byte[] utf8);

    /**
     * Answers a ping.
     *
     * @param payload at most 125 bytes
     */
    void ping(byte[] payload);

    /** Takes note of any sign of life. */
    void heard();

    /**
     * Sends the client away; what comes after that is not read any more.
     *
     * @param code why
     */
    void close(int code);
  }

  /**
   * What a client may send.
   *
   * @param messageBytes the greatest message
   * @param framesPerSecond the most frames in any second, control frames included
   * @param mute the code that ends the connection at the first frame of a message, 0 where messages
   *     are welcome
   */
  public record Limits(int messageBytes, int framesPerSecond, int mute) {
    /** Of viewers that may say what they want to see. */
    public static final Limits VIEWER = new Limits(4_096, 10, 0);

    /** Of viewers that may say nothing. */
    public static final Limits MUTE_VIEWER = new Limits(4_096, 10, CloseCode.POLICY);
  }

  private final ConnectionContext context;
  private final DataReader reader;
  private final Limits limits;
  private final TimeSource time;
  private final Target target;
  private final ByteArrayOutputStream message = new ByteArrayOutputStream(0);
  private boolean inMessage;
  private boolean closed;
  private long secondBegan;
  private int framesInSecond;

  /**
   * Creates a reader that has read nothing yet.
   *
   * @param context the connection
   * @param limits what the client may send
   * @param time the clock
   * @param target takes what is read
   */
  public MessageReader(ConnectionContext context, Limits limits, TimeSource time, Target target) {
    this.context = context;
    this.reader = context.dataReader();
    this.limits = limits;
    this.time = time;
    this.target = target;
    this.secondBegan = time.nanoTime();
  }

  /**
   * Reads until the client closes.
   *
   * @throws DataReader.InsufficientDataAvailableException where the client is gone without a word
   * @throws io.helidon.webserver.CloseConnectionException where the connection broke
   */
  public void read() {
    boolean open = true;
    while (open) {
      try {
        var frame = ClientWsFrame.read(context, reader, limits.messageBytes());
        target.heard();
        open = accept(frame);
      } catch (WsCloseException e) {
        close(limits.mute() == 0 ? e.closeCode() : limits.mute());
        drain();
      } catch (IllegalArgumentException unknownOpcode) {
        close(CloseCode.PROTOCOL_ERROR);
        drain();
      }
    }
  }

  // Closing a socket with unread bytes resets it, and the client might never see why it was sent
  // away.
  private void drain() {
    while (true) {
      reader.readBuffer();
    }
  }

  private boolean accept(ClientWsFrame frame) {
    switch (frame.opCode()) {
      case CLOSE -> {
        return false;
      }
      case PONG -> withinRate();
      case PING -> ping(frame.payloadData().readBytes());
      case TEXT -> data(frame, inMessage ? CloseCode.PROTOCOL_ERROR : 0);
      case BINARY -> data(frame, CloseCode.UNACCEPTABLE);
      case CONTINUATION -> data(frame, inMessage ? 0 : CloseCode.PROTOCOL_ERROR);
    }
    return true;
  }

  private void ping(byte[] payload) {
    if (payload.length > MAX_CONTROL_BYTES) {
      close(CloseCode.PROTOCOL_ERROR);
    } else if (withinRate()) {
      target.ping(payload);
    }
  }

  private void data(ClientWsFrame frame, int refusal) {
    if (limits.mute() != 0) {
      close(limits.mute());
    } else if (refusal != 0) {
      close(refusal);
    }
    if (closed || !withinRate()) {
      return;
    }
    message.writeBytes(frame.payloadData().readBytes());
    inMessage = !frame.fin();
    if (message.size() > limits.messageBytes()) {
      close(CloseCode.TOO_BIG);
    } else if (frame.fin()) {
      int refused = target.message(message.toByteArray());
      message.reset();
      if (refused != 0) {
        close(refused);
      }
    }
  }

  private boolean withinRate() {
    long now = time.nanoTime();
    if (now - secondBegan >= SECOND_NANOS) {
      secondBegan = now;
      framesInSecond = 0;
    }
    if (++framesInSecond > limits.framesPerSecond()) {
      close(CloseCode.POLICY);
      return false;
    }
    return true;
  }

  private void close(int code) {
    closed = true;
    message.reset();
    target.close(code);
  }
}
