package io.sysmonstm.gateway.helidon.internal.net;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.websocket.ClientWsFrame;
import io.helidon.websocket.WsCloseException;
import io.sysmonstm.gateway.helidon.internal.live.Frame;
import io.sysmonstm.gateway.helidon.internal.live.Outbox;
import io.sysmonstm.gateway.helidon.internal.live.Subscription;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One viewer on its WebSocket. Helidon's own session neither allows two threads to write nor a
 * write to be given up, and encodes a text once for each receiver; here the connection's thread
 * only reads, one virtual thread writes ready frames from the outbox, and a viewer that does not
 * read is ended by an interrupt of that thread, which closes the socket.
 */
final class ViewerConnection implements ServerConnection {
  static final int MAX_MESSAGE_BYTES = 4_096;
  private static final int MAX_MESSAGES_PER_SECOND = 10;
  private static final int MAX_CONTROL_BYTES = 125;
  private static final int CHUNK_BYTES = 32_768;
  private static final Frame PING = Frame.ping();
  private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

  private static final int NORMAL = 1000;
  private static final int PROTOCOL_ERROR = 1002;
  private static final int UNACCEPTABLE = 1003;
  private static final int POLICY = 1008;
  private static final int TOO_BIG = 1009;

  private final ConnectionContext context;
  private final Viewers viewers;
  private final DataReader reader;
  private final DataWriter socket;
  private final Outbox outbox = new Outbox();
  private final CountDownLatch written = new CountDownLatch(1);
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();
  private boolean inMessage;
  private long secondBegan;
  private int messagesInSecond;
  private volatile @Nullable Thread readerThread;
  private volatile @Nullable Thread writerThread;
  private volatile boolean writing;
  private volatile long progressNanos;
  private volatile long readNanos;
  private volatile boolean leaving;
  private volatile long leavingNanos;

  ViewerConnection(ConnectionContext context, Viewers viewers) {
    this.context = context;
    this.viewers = viewers;
    this.reader = context.dataReader();
    this.socket = context.dataWriter();
    this.secondBegan = viewers.time().nanoTime();
    this.readNanos = secondBegan;
  }

  @Override
  public void handle(Limit limit) {
    readerThread = Thread.currentThread();
    try {
      viewers.add(this, outbox);
      viewers.executor().execute(this::write);
      read();
    } catch (RejectedExecutionException stopping) {
      written.countDown();
    } catch (DataReader.InsufficientDataAvailableException | CloseConnectionException gone) {
      outbox.close(NORMAL);
    } finally {
      finish();
    }
  }

  private void finish() {
    outbox.close(NORMAL);
    try {
      if (!written.await(viewers.timing().goodbye().toMillis(), TimeUnit.MILLISECONDS)) {
        interrupt(writerThread);
      }
    } catch (InterruptedException e) {
      interrupt(writerThread);
      Thread.currentThread().interrupt();
    } finally {
      viewers.remove(this, outbox);
      viewers.release();
    }
  }

  private void read() {
    boolean open = true;
    while (open) {
      try {
        var frame = ClientWsFrame.read(context, reader, MAX_MESSAGE_BYTES);
        readNanos = viewers.time().nanoTime();
        open = accept(frame);
      } catch (WsCloseException e) {
        close(e.closeCode());
        drain();
      } catch (IllegalArgumentException unknownOpcode) {
        close(PROTOCOL_ERROR);
        drain();
      }
    }
  }

  // Closing a socket with unread bytes resets it, and the viewer might never see why it was sent
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
      case TEXT -> data(frame, inMessage ? PROTOCOL_ERROR : 0);
      case BINARY -> data(frame, UNACCEPTABLE);
      case CONTINUATION -> data(frame, inMessage ? 0 : PROTOCOL_ERROR);
    }
    return true;
  }

  private void ping(byte[] payload) {
    if (payload.length > MAX_CONTROL_BYTES) {
      close(PROTOCOL_ERROR);
    } else if (withinRate()) {
      outbox.putPong(Frame.pong(payload));
    }
  }

  private void data(ClientWsFrame frame, int refusal) {
    if (refusal != 0) {
      close(refusal);
    }
    if (leaving || !withinRate()) {
      return;
    }
    message.writeBytes(frame.payloadData().readBytes());
    inMessage = !frame.fin();
    if (message.size() > MAX_MESSAGE_BYTES) {
      close(TOO_BIG);
    } else if (frame.fin()) {
      Subscription.read(message.toByteArray())
          .ifPresentOrElse(outbox::subscribe, () -> close(UNACCEPTABLE));
      message.reset();
    }
  }

  private boolean withinRate() {
    long now = viewers.time().nanoTime();
    if (now - secondBegan >= SECOND_NANOS) {
      secondBegan = now;
      messagesInSecond = 0;
    }
    if (++messagesInSecond > MAX_MESSAGES_PER_SECOND) {
      close(POLICY);
      return false;
    }
    return true;
  }

  private void write() {
    writerThread = Thread.currentThread();
    try {
      long pinged = System.nanoTime();
      while (true) {
        var patience = viewers.timing().ping().minusNanos(System.nanoTime() - pinged);
        var frame = patience.isPositive() ? outbox.take(patience) : Optional.<Frame>empty();
        write(frame.orElse(PING));
        if (frame.isEmpty()) {
          pinged = System.nanoTime();
        } else if (frame.get().last()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException gone) {
      // The other side is gone, which only a write can tell; the reader must not wait for it any
      // longer.
      interrupt(readerThread);
    } finally {
      written.countDown();
    }
  }

  private void write(Frame frame) {
    progressNanos = viewers.time().nanoTime();
    writing = true;
    try {
      if (frame.parts().size() == 1) {
        socket.writeNow(BufferData.create(frame.parts().getFirst()));
      } else {
        writeParts(frame);
      }
    } finally {
      writing = false;
    }
  }

  private void writeParts(Frame frame) {
    var chunk = BufferData.growing(CHUNK_BYTES);
    for (var part : frame.parts()) {
      chunk.write(part);
      if (chunk.available() >= CHUNK_BYTES) {
        socket.writeNow(chunk);
        progressNanos = viewers.time().nanoTime();
        chunk = BufferData.growing(CHUNK_BYTES);
      }
    }
    socket.writeNow(chunk);
  }

  /** Sends the viewer away; only the first call counts. */
  void close(int code) {
    if (!leaving) {
      leavingNanos = viewers.time().nanoTime();
      leaving = true;
    }
    outbox.close(code);
  }

  /** {@return whether the viewer has stopped reading} */
  boolean stalled(long now) {
    return writing && now - progressNanos >= viewers.timing().stalled().toNanos();
  }

  /** {@return whether the viewer was told to go and did not} */
  boolean lingers(long now) {
    return leaving && now - leavingNanos >= viewers.timing().goodbye().toNanos();
  }

  /** Ends the connection at once. */
  void interrupt() {
    interrupt(writerThread);
    interrupt(readerThread);
  }

  private static void interrupt(@Nullable Thread thread) {
    if (thread != null) {
      thread.interrupt();
    }
  }

  @Override
  public Duration idleTime() {
    return Duration.ofNanos(viewers.time().nanoTime() - readNanos);
  }

  @Override
  public void close(boolean interrupt) {
    close(Viewers.GOING_AWAY);
    if (interrupt) {
      interrupt();
    }
  }
}
