package io.sysmonstm.load;

import io.sysmonstm.load.LinkCondition.Passage;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One connection through a {@link FaultyLink}. Thread-safe. */
public final class LinkConnection {
  /** Which way bytes go. */
  public enum Direction {
    /** From the client to the server. */
    UP,
    /** From the server to the client. */
    DOWN
  }

  private static final long LOOK_EVERY_MILLIS = 5;

  private final FaultyLink link;
  private final Socket client;
  private final AtomicInteger running = new AtomicInteger(2);
  private final AtomicInteger untold = new AtomicInteger();
  // How many bytes may still pass before the cut; none is to come where it is negative.
  private final Map<Direction, AtomicLong> cutIn =
      Map.of(Direction.UP, new AtomicLong(-1), Direction.DOWN, new AtomicLong(-1));
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicBoolean clientLeft = new AtomicBoolean();
  private final AtomicBoolean serverLeft = new AtomicBoolean();
  private final AtomicBoolean answerLost = new AtomicBoolean();
  private volatile LinkCondition condition;
  private volatile @Nullable Socket server;

  LinkConnection(FaultyLink link, Socket client, LinkCondition condition) {
    this.link = link;
    this.client = client;
    this.condition = condition;
  }

  void begin(Socket newServer) throws IOException {
    server = newServer;
    if (over.get()) {
      FaultyLink.reset(newServer);
      return;
    }
    client.setTcpNoDelay(true);
    newServer.setTcpNoDelay(true);
    new LinkPump(this, Direction.UP, client, newServer).start();
    new LinkPump(this, Direction.DOWN, newServer, client).start();
  }

  FaultyLink link() {
    return link;
  }

  LinkCondition condition() {
    return condition;
  }

  /** Sets what happens to this one, until the link's own condition is set the next time. */
  public void set(LinkCondition newest) {
    condition = newest;
  }

  /** Resets both sides. */
  public void cut() {
    over.set(true);
    FaultyLink.reset(client);
    var to = server;
    if (to != null) {
      FaultyLink.reset(to);
    }
    link.ended(this);
  }

  /**
   * Resets both sides after so many more bytes, of which the last one still arrives.
   *
   * @param direction which bytes count
   * @param bytes how many, 0 or more
   */
  public void cutAfter(Direction direction, long bytes) {
    cutIn(direction).set(bytes);
  }

  /** Ends it for the client, and does not tell the server. */
  public void dropClient() {
    clientLeft.set(true);
    FaultyLink.reset(client);
  }

  /** Ends it for the server, and does not tell the client. */
  public void dropServer() {
    serverLeft.set(true);
    var to = server;
    if (to != null) {
      FaultyLink.reset(to);
    }
  }

  /** The next bytes from the server are lost, and the connection with them. */
  void loseAnswer() {
    answerLost.set(true);
  }

  /** Ends it for the client, while the server gets what it was sent, and then the end. */
  void leaveServerAlone() throws IOException {
    clientLeft.set(true);
    FaultyLink.reset(client);
    var to = server;
    if (to != null) {
      to.shutdownOutput();
    }
  }

  /** Returns how many of some bytes may pass, and whether the connection is to be cut then. */
  int allowed(Direction direction, int bytes) {
    long left = cutIn(direction).getAndUpdate(n -> n < 0 ? n : Math.max(0, n - bytes));
    return left < 0 ? bytes : (int) Math.min(left, bytes);
  }

  private AtomicLong cutIn(Direction direction) {
    return Objects.requireNonNull(cutIn.get(direction));
  }

  boolean isCutDue(Direction direction) {
    return cutIn(direction).get() == 0;
  }

  /** Waits, with an end that nobody is to be told, until the other side has ended too. */
  void awaitOtherEnd() throws InterruptedException {
    untold.incrementAndGet();
    while (!over.get() && running.get() == 2 && untold.get() < 2) {
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
    }
  }

  boolean losesAnswer(Direction direction) {
    return direction == Direction.DOWN && answerLost.get();
  }

  /**
   * Returns whether the other end of a direction has gone, so that nothing can be brought there.
   */
  boolean isOneSided() {
    return clientLeft.get() || serverLeft.get();
  }

  /** Waits until bytes may pass or the connection is over. */
  void awaitOpen() throws InterruptedException {
    while (condition.passage() == Passage.HELD || condition.passage() == Passage.DROPPED) {
      if (over.get()) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
    }
  }

  /** Waits while bytes are held. */
  void awaitNotHeld() throws InterruptedException {
    while (condition.passage() == Passage.HELD && !over.get()) {
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
    }
  }

  void pumpEnded() {
    if (running.decrementAndGet() == 0 && !over.getAndSet(true)) {
      FaultyLink.closeQuietly(client);
      var to = server;
      if (to != null) {
        FaultyLink.closeQuietly(to);
      }
      link.ended(this);
    }
  }
}
