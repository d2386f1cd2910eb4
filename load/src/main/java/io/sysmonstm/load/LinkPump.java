package io.sysmonstm.load;

import io.sysmonstm.load.LinkCondition.Passage;
import io.sysmonstm.load.LinkConnection.Direction;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Brings the bytes of one direction over: one thread reads and notes when they may arrive, one
 * writes, so that those on their way do not hold up those that follow.
 */
final class LinkPump {
  private static final class Piece {
    final byte[] bytes;
    final long dueNanos;

    Piece(byte[] bytes, long dueNanos) {
      this.bytes = bytes;
      this.dueNanos = dueNanos;
    }

    /** Returns whether nothing follows. */
    boolean isEnd() {
      return bytes.length == 0;
    }
  }

  private static final int MOST_ON_THE_WAY = 256;
  private static final int PIECE_BYTES = 16 << 10;
  private static final Piece END = new Piece(new byte[0], 0);

  private final LinkConnection connection;
  private final Direction direction;
  private final Socket from;
  private final Socket to;
  private final BlockingQueue<Piece> onTheWay = new ArrayBlockingQueue<>(MOST_ON_THE_WAY);
  private final CommitWatch commits = new CommitWatch();
  // Confined to the writer.
  private boolean lostBytes;

  LinkPump(LinkConnection connection, Direction direction, Socket from, Socket to) {
    this.connection = connection;
    this.direction = direction;
    this.from = from;
    this.to = to;
  }

  void start() {
    Thread.ofVirtual().name("faulty-link-read").start(this::read);
    Thread.ofVirtual().name("faulty-link-write").start(this::write);
  }

  private void read() {
    try {
      try {
        var in = from.getInputStream();
        var buffer = new byte[PIECE_BYTES];
        long last = System.nanoTime();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          long due = System.nanoTime() + connection.link().travelNanos(connection.condition());
          last = due - last > 0 ? due : last;
          onTheWay.put(new Piece(Arrays.copyOf(buffer, n), last));
        }
      } catch (IOException reset) {
        // Is told below, as an end.
      }
      onTheWay.put(END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try {
      var out = to.getOutputStream();
      for (var piece = onTheWay.take(); !piece.isEnd(); piece = onTheWay.take()) {
        bring(piece, out);
      }
      end();
    } catch (IOException gone) {
      if (!connection.isOneSided()) {
        connection.cut();
      }
      swallowRest();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connection.pumpEnded();
    }
  }

  private void bring(Piece piece, OutputStream out) throws IOException, InterruptedException {
    awaitNanos(piece.dueNanos);
    connection.awaitNotHeld();
    var condition = connection.condition();
    lostBytes |= condition.passage() == Passage.DROPPED;
    if (lostBytes) {
      return;
    }
    if (connection.losesAnswer(direction)) {
      connection.cut();
      return;
    }
    awaitNanos(connection.link().passedAtNanos(condition, direction, piece.bytes.length));
    if (direction == Direction.UP) {
      int commit = commits.find(piece.bytes);
      if (commit >= 0 && connection.link().commits().meet(connection, piece.bytes, commit, out)) {
        return;
      }
    }
    int allowed = connection.allowed(direction, piece.bytes.length);
    out.write(piece.bytes, 0, allowed);
    if (connection.isCutDue(direction)) {
      connection.cut();
    }
  }

  private void end() throws IOException, InterruptedException {
    connection.awaitNotHeld();
    lostBytes |= connection.condition().passage() == Passage.DROPPED;
    if (!lostBytes && !connection.isOneSided()) {
      to.shutdownOutput();
    } else {
      connection.awaitOtherEnd();
    }
  }

  // Else the reader, and with it who sends, would wait for ever.
  private void swallowRest() {
    try {
      while (!onTheWay.take().isEnd()) {
        // Nobody wants it.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitNanos(long dueNanos) throws InterruptedException {
    long wait = dueNanos - System.nanoTime();
    if (wait > 0) {
      TimeUnit.NANOSECONDS.sleep(wait);
    }
  }
}
