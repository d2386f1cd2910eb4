package io.sysmonstm.web.helidon.internal.net;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One open WebSocket. Helidon's own session neither allows two threads to write nor a write to be
 * given up, and encodes a text once for each receiver; here the connection's thread only reads, a
 * virtual thread writes ready frames as long as there are any in the outbox, and who does not read
 * is ended by an interrupt of that thread, which closes the socket.
 *
 * <p>Why not one that stays: the stacks of a thousand threads that wait for frames are megabytes,
 * and to take one up again costs more than to begin another.
 */
public final class SocketConnection implements ServerConnection {
  private final ConnectionContext context;
  private final Host host;
  private final FrameWriter writer;
  private final Outbox outbox = new Outbox(this::wake);
  private final CountDownLatch written = new CountDownLatch(1);
  private volatile @Nullable Thread readerThread;
  private volatile @Nullable Thread writerThread;
  private volatile long readNanos;
  private volatile boolean leaving;
  private volatile long leavingNanos;
  // Both confined to the thread that judges.
  private long pingedNanos;
  private boolean evicted;

  /** What connections have in common. Thread-safe. */
  public interface Host {
    /** {@return how patient to be} */
    Timing timing();

    /** {@return the clock} */
    TimeSource time();

    /** {@return for the writer} */
    ExecutorService executor();

    /**
     * Begins, on the thread of the connection.
     *
     * @param connection the connection
     * @param outbox what is put here is sent
     * @return the other side, closed at the end
     */
    ViewerFeed.Session begin(SocketConnection connection, Outbox outbox);

    /**
     * Ends; comes once for each connection, whatever happened.
     *
     * @param connection the connection
     */
    void end(SocketConnection connection);
  }

  /**
   * Creates a connection that does nothing yet.
   *
   * @param context from {@link Handshake#accept}
   * @param host what it has in common with others
   */
  public SocketConnection(ConnectionContext context, Host host) {
    this.context = context;
    this.host = host;
    this.writer = new FrameWriter(context.dataWriter(), context.isSecure(), host.time());
    this.readNanos = host.time().nanoTime();
    this.pingedNanos = readNanos;
  }

  @Override
  public void handle(Limit limit) {
    readerThread = Thread.currentThread();
    try (var session = host.begin(this, outbox)) {
      new MessageReader(context, session.limits(), host.time(), new Said(session)).read();
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
      readNanos = host.time().nanoTime();
    }

    @Override
    public void close(int code) {
      SocketConnection.this.close(code);
    }
  }

  private void finish() {
    outbox.close(CloseCode.NORMAL);
    try {
      if (!written.await(host.timing().goodbye().toMillis(), TimeUnit.MILLISECONDS)) {
        interrupt(writerThread);
      }
    } catch (InterruptedException e) {
      interrupt(writerThread);
      Thread.currentThread().interrupt();
    } finally {
      host.end(this);
    }
  }

  private void wake() {
    try {
      host.executor().execute(this::write);
    } catch (RejectedExecutionException | OutOfMemoryError stopping) {
      endWriting();
    }
  }

  /** Writes until the outbox is empty; never two at once, since it wakes nobody meanwhile. */
  private void write() {
    boolean failed = true;
    try {
      if (writeAll()) {
        written.countDown();
      }
      failed = false;
    } catch (RuntimeException gone) {
      // The other side is gone, which only a write can tell.
    } finally {
      if (failed) {
        writerThread = null;
        endWriting();
      }
    }
  }

  /** Returns whether the last frame was among them. */
  private boolean writeAll() {
    boolean last = false;
    while (!last && !outbox.rest()) {
      writerThread = Thread.currentThread();
      last = writer.write(outbox.poll().orElseThrow(), outbox);
      // Before it rests, since from then on there may be another.
      writerThread = null;
    }
    return last;
  }

  /** Nothing can be written any more: the reader must not wait any longer. */
  private void endWriting() {
    written.countDown();
    interrupt(readerThread);
  }

  /**
   * Sends the other side away; only the first call counts.
   *
   * @param code why
   */
  public void close(int code) {
    if (!leaving) {
      leavingNanos = host.time().nanoTime();
      leaving = true;
    }
    outbox.close(code);
  }

  /**
   * {@return whether the other side has stopped reading, or reads too slowly}
   *
   * @param now by the clock of the host
   */
  public boolean stalled(long now) {
    return writer.stalled(now, host.timing());
  }

  /** {@return what is being written, and since when, where that is long} */
  Optional<FrameWriter.Sending> sending() {
    return writer.sending();
  }

  /**
   * Pings the other side, where that is due. Called by one thread.
   *
   * @param now by the clock of the host
   */
  public void pingIfDue(long now) {
    if (now - pingedNanos >= host.timing().ping().toNanos()) {
      pingedNanos = now;
      outbox.putPing();
    }
  }

  /**
   * {@return whether the other side was told to go and did not}
   *
   * @param now by the clock of the host
   */
  public boolean lingers(long now) {
    return leaving && now - leavingNanos >= host.timing().goodbye().toNanos();
  }

  /**
   * Ends the connection of one that has stopped reading. Called by one thread.
   *
   * @return whether this is the first time, since it takes a moment
   */
  boolean evict() {
    boolean first = !evicted;
    evicted = true;
    interrupt();
    return first;
  }

  /** Ends the connection at once. */
  public void interrupt() {
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
    return Duration.ofNanos(host.time().nanoTime() - readNanos);
  }

  @Override
  public void close(boolean interrupt) {
    close(CloseCode.GOING_AWAY);
    if (interrupt) {
      interrupt();
    }
  }
}
