package io.sysmonstm.web.helidon.internal.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection on which TLS is to be spoken. It knows since when it is here, takes a place of
 * its network until the handshake has ended, and tells when it is closed. Thread-safe.
 */
final class Arrival extends Socket {
  private final NetworkPlaces places;
  private final Runnable whenClosed;
  private final AtomicBoolean hasPlace = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable InetAddress address;
  private volatile long sinceNanos;

  /** The two ends of a connection, by which it is found again. */
  record Ends(SocketAddress remote, SocketAddress local) {}

  /** Creates it, to be accepted into. */
  Arrival(NetworkPlaces places, Runnable whenClosed) throws SocketException {
    super((SocketImpl) null);
    this.places = places;
    this.whenClosed = whenClosed;
  }

  /** Begins to wait for the handshake; returns whether there is a place for that. */
  boolean begin(long now) {
    var from = Objects.requireNonNull(getInetAddress());
    address = from;
    sinceNanos = now;
    hasPlace.set(places.enter(from));
    return hasPlace.get();
  }

  long sinceNanos() {
    return sinceNanos;
  }

  Ends ends() {
    return new Ends(getRemoteSocketAddress(), getLocalSocketAddress());
  }

  /** The handshake has ended, by success or not. */
  void handshakeDone() {
    var from = address;
    if (from != null && hasPlace.compareAndSet(true, false)) {
      places.leave(from);
    }
  }

  /** Ends it, whatever its TLS is about to write or to read. */
  void cutOff() {
    try {
      close();
    } catch (IOException e) {
      // It is gone all the same.
    }
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      if (closed.compareAndSet(false, true)) {
        handshakeDone();
        whenClosed.run();
      }
    }
  }
}
