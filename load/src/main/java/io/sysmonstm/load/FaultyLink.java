package io.sysmonstm.load;

import io.sysmonstm.load.LinkCondition.Passage;
import io.sysmonstm.load.LinkConnection.Direction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stands in the path of TCP connections on the loopback interface, and does to them what networks
 * do: see {@link LinkCondition}, for all of them or for one. What is by chance follows from a seed.
 * Thread-safe.
 */
public final class FaultyLink implements AutoCloseable {
  // The more lies here, the less a sender learns of a slow link.
  private static final int RECEIVE_BUFFER = 32 << 10;

  private final ServerSocket listener;
  private final int target;
  private final CommitFaults commits;
  private final List<LinkConnection> connections = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private final Random random;
  private final Map<Direction, Long> lineFreeNanos = new EnumMap<>(Direction.class);
  private volatile LinkCondition condition = LinkCondition.CLEAR;
  private volatile boolean closed;

  /**
   * Opens a link that is clear.
   *
   * @param target the port it leads to
   * @param seed what chance follows from
   */
  public FaultyLink(int target, long seed) {
    this.target = target;
    this.random = new Random(seed);
    this.commits = new CommitFaults(seed);
    try {
      listener = new ServerSocket();
      listener.setReceiveBufferSize(RECEIVE_BUFFER);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 500);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("faulty-link").start(this::accept);
  }

  /** Returns the port to connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Returns the connections that are open, oldest first. */
  public List<LinkConnection> connections() {
    return List.copyOf(connections);
  }

  /** Returns what happens where PostgreSQL's clients commit. */
  public CommitFaults commits() {
    return commits;
  }

  /** Sets what happens to all connections, those of the future included. */
  public void set(LinkCondition newest) {
    lock.lock();
    try {
      condition = newest;
      connections.forEach(connection -> connection.set(newest));
    } finally {
      lock.unlock();
    }
  }

  /** Makes everything as at the beginning; what lost bytes stays silent. */
  public void clear() {
    commits.none();
    set(LinkCondition.CLEAR);
  }

  /** Resets all connections. */
  public void cut() {
    connections.forEach(LinkConnection::cut);
  }

  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      cut();
      set(LinkCondition.CLEAR);
    }
  }

  private void accept() {
    while (!closed) {
      try {
        var client = listener.accept();
        if (condition.passage() == Passage.REFUSED) {
          reset(client);
        } else {
          var connection = enter(client);
          Thread.ofVirtual().name("faulty-link").start(() -> connect(connection));
        }
      } catch (IOException ended) {
        // Closed, or the client went before it was taken.
      }
    }
  }

  private LinkConnection enter(Socket client) {
    lock.lock();
    try {
      var connection = new LinkConnection(this, client, condition);
      connections.add(connection);
      return connection;
    } finally {
      lock.unlock();
    }
  }

  private void connect(LinkConnection connection) {
    try {
      connection.awaitOpen();
      connection.begin(new Socket(InetAddress.getLoopbackAddress(), target));
    } catch (IOException nobodyThere) {
      connection.cut();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (closed) {
      connection.cut();
    }
  }

  void ended(LinkConnection connection) {
    connections.remove(connection);
  }

  /** Returns how long a piece that was read now is on its way. */
  long travelNanos(LinkCondition by) {
    lock.lock();
    try {
      long nanos = by.delay().toNanos() + (long) (random.nextDouble() * by.jitter().toNanos());
      return random.nextDouble() < by.stallChance() ? nanos + by.stall().toNanos() : nanos;
    } finally {
      lock.unlock();
    }
  }

  /** Takes the line for some bytes; returns when they have passed it. */
  long passedAtNanos(LinkCondition by, Direction direction, int bytes) {
    long now = System.nanoTime();
    if (by.bytesPerSecond() == 0) {
      return now;
    }
    lock.lock();
    try {
      long free = lineFreeNanos.getOrDefault(direction, now);
      long passed = (free - now > 0 ? free : now) + bytes * 1_000_000_000L / by.bytesPerSecond();
      lineFreeNanos.put(direction, passed);
      return passed;
    } finally {
      lock.unlock();
    }
  }

  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (SocketException closedBefore) {
      return;
    }
    closeQuietly(socket);
  }

  static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      // It is closed.
    }
  }
}
