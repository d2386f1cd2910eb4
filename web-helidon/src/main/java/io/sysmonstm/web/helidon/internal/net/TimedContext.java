package io.sysmonstm.web.helidon.internal.net;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import io.sysmonstm.spi.TimeSource;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/**
 * A connection of which is known since when a request has been coming in, and since when an answer
 * has been waiting to be taken.
 */
final class TimedContext implements ConnectionContext {
  private static final long NOT_COMING = Long.MIN_VALUE;

  private final ConnectionContext delegate;
  private final TimeSource time;
  private final Runnable whenUpgraded;
  private final TimedWriter writer;
  private final DataReader reader = new DataReader(this::receive);
  private volatile boolean upgraded;
  // Guarded by this.
  private long comingSince = NOT_COMING;
  private boolean ended;

  /** Creates it, with what is to be done when the connection becomes a WebSocket. */
  TimedContext(ConnectionContext delegate, TimeSource time, Timing timing, Runnable whenUpgraded) {
    this.delegate = delegate;
    this.time = time;
    this.whenUpgraded = whenUpgraded;
    this.writer = new TimedWriter(delegate.dataWriter(), time, timing);
  }

  private byte[] receive() {
    try {
      var bytes = delegate.serverSocket().get();
      begun();
      return bytes;
    } catch (UncheckedIOException e) {
      throw new ServerConnectionException("could not read from the connection", e);
    }
  }

  private synchronized void begun() {
    if (comingSince == NOT_COMING && !upgraded) {
      comingSince = time.nanoTime();
    }
  }

  /** The head has come; a body, where there is one, is yet to come, in the same time again. */
  void headRead(Headers headers) {
    boolean body =
        headers.contains(HeaderNames.CONTENT_LENGTH)
            || headers.contains(HeaderNames.TRANSFER_ENCODING);
    comingSince(body ? time.nanoTime() : NOT_COMING);
  }

  void requestRead() {
    comingSince(NOT_COMING);
  }

  /** What is left of a body is waited for. */
  void bodyComes() {
    comingSince(time.nanoTime());
  }

  /** From here on it is a WebSocket, which may be silent for long, and judges its own writes. */
  void upgraded() {
    upgraded = true;
    comingSince(NOT_COMING);
    whenUpgraded.run();
  }

  private synchronized void comingSince(long since) {
    if (ended) {
      throw new ServerConnectionException(
          "a request took too long to come", new SocketTimeoutException());
    }
    comingSince = since;
  }

  /**
   * Ends the request that is too long in coming.
   *
   * @param end interrupts the reader; never when it already handles the request
   * @return whether there was one
   */
  synchronized boolean endComingTooSlowly(long now, Duration patience, Runnable end) {
    if (comingSince == NOT_COMING || now - comingSince < patience.toNanos()) {
      return false;
    }
    ended = true;
    end.run();
    return true;
  }

  /** Ends the answer that is too long in being taken, and returns whether there was one. */
  boolean endTakenTooSlowly(long now, Runnable end) {
    return writer.endOverdue(now, end);
  }

  @Override
  public DataReader dataReader() {
    return reader;
  }

  @Override
  public ListenerContext listenerContext() {
    return delegate.listenerContext();
  }

  @Override
  public ExecutorService executor() {
    return delegate.executor();
  }

  @Override
  public DataWriter dataWriter() {
    return upgraded ? delegate.dataWriter() : writer;
  }

  @Override
  public Router router() {
    return delegate.router();
  }

  @Override
  public Optional<ProxyProtocolData> proxyProtocolData() {
    return delegate.proxyProtocolData();
  }

  @Override
  public HelidonSocket serverSocket() {
    return delegate.serverSocket();
  }

  @Override
  public PeerInfo remotePeer() {
    return delegate.remotePeer();
  }

  @Override
  public PeerInfo localPeer() {
    return delegate.localPeer();
  }

  @Override
  public boolean isSecure() {
    return delegate.isSecure();
  }

  @Override
  public String socketId() {
    return delegate.socketId();
  }

  @Override
  public String childSocketId() {
    return delegate.childSocketId();
  }
}
