package io.sysmonstm.web.helidon.internal.net;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.sysmonstm.web.helidon.internal.http.Visitor;
import java.net.InetAddress;
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
  private static final int CHUNK_BYTES = 32_768;
  private static final Frame PING = Frame.ping();

  private final ConnectionContext context;
  private final Viewers viewers;
  private final Visitor visitor;
  private final DataWriter socket;
  private final Outbox outbox = new Outbox();
  private final CountDownLatch written = new CountDownLatch(1);
  private volatile @Nullable Thread readerThread;
  private volatile @Nullable Thread writerThread;
  private volatile boolean writing;
  private volatile long progressNanos;
  private volatile long readNanos;
  private volatile boolean leaving;
  private volatile long leavingNanos;

  ViewerConnection(ConnectionContext context, Viewers viewers, Visitor visitor) {
    this.context = context;
    this.viewers = viewers;
    this.visitor = visitor;
    this.socket = context.dataWriter();
    this.readNanos = viewers.time().nanoTime();
  }

  @Override
  public void handle(Limit limit) {
    readerThread = Thread.currentThread();
    try (var session = viewers.add(this, outbox)) {
      viewers.executor().execute(this::write);
      int mute = session.listens() ? 0 : CloseCode.POLICY;
      var limits = new MessageReader.Limits(MAX_MESSAGE_BYTES, MAX_MESSAGES_PER_SECOND, mute);
      new MessageReader(context, limits, viewers.time(), new Said(session)).read();
    } catch (RejectedExecutionException stopping) {
      written.countDown();
    } catch (DataReader.InsufficientDataAvailableException | CloseConnectionException gone) {
      outbox.close(CloseCode.NORMAL);
    } finally {
      finish();
    }
  }

  /** What the viewer says, or does. */
  private final class Said implements MessageReader.Target {
    private final ViewerFeed.Session session;

    private Said(ViewerFeed.Session session) {
      this.session = session;
    }

    @Override
    public int message(byte[] utf8) {
      return session.accept(utf8) ? 0 : CloseCode.UNACCEPTABLE;
    }

    @Override
    public void ping(byte[] payload) {
      outbox.putPong(Frame.pong(payload));
    }

    @Override
    public void heard() {
      readNanos = viewers.time().nanoTime();
    }

    @Override
    public void close(int code) {
      ViewerConnection.this.close(code);
    }
  }

  private void finish() {
    outbox.close(CloseCode.NORMAL);
    try {
      if (!written.await(viewers.timing().goodbye().toMillis(), TimeUnit.MILLISECONDS)) {
        interrupt(writerThread);
      }
    } catch (InterruptedException e) {
      interrupt(writerThread);
      Thread.currentThread().interrupt();
    } finally {
      viewers.remove(this, InetAddress.ofLiteral(visitor.address()));
    }
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

  Visitor visitor() {
    return visitor;
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
    close(CloseCode.GOING_AWAY);
    if (interrupt) {
      interrupt();
    }
  }
}
