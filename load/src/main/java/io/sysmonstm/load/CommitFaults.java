package io.sysmonstm.load;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * What happens where a PostgreSQL client commits rows that it has copied: nothing, a delay, or a
 * cut in one of four places by turns. Thread-safe.
 */
public final class CommitFaults {
  /** Where the connection breaks. */
  public enum Cut {
    /** The server does not get the commit. */
    BEFORE,
    /** It gets some bytes of it. */
    WITHIN,
    /** It gets the commit, and the client knows of the break before the commit is done. */
    AFTER,
    /** It has committed, and the answer is lost. */
    ANSWER
  }

  private final Random random;
  private final Map<Cut, Integer> done = new EnumMap<>(Cut.class);
  private int cutsLeft;
  private Duration delay = Duration.ZERO;

  CommitFaults(long seed) {
    random = new Random(seed);
  }

  /** Breaks the connection at each of the next commits. */
  public synchronized void cut(int commits) {
    cutsLeft = commits;
  }

  /** Lets each commit arrive as much later. */
  public synchronized void delay(Duration time) {
    delay = time;
  }

  /** Lets all pass. */
  public synchronized void none() {
    cutsLeft = 0;
    delay = Duration.ZERO;
  }

  /** Returns how many cuts are still to be made. */
  public synchronized int cutsLeft() {
    return cutsLeft;
  }

  /** Returns how many cuts were made, by place. */
  public synchronized Map<Cut, Integer> done() {
    return new EnumMap<>(done);
  }

  /** Deals with bytes that hold a commit; returns whether they are dealt with. */
  boolean meet(LinkConnection connection, byte[] bytes, int commit, OutputStream out)
      throws IOException, InterruptedException {
    Cut cut;
    Duration wait;
    int within;
    synchronized (this) {
      wait = delay;
      if (cutsLeft == 0) {
        cut = null;
        within = 0;
      } else {
        cut = Cut.values()[cutsLeft % Cut.values().length];
        within = commit + random.nextInt(Math.max(1, bytes.length - commit));
        cutsLeft--;
        done.merge(cut, 1, Integer::sum);
      }
    }
    TimeUnit.NANOSECONDS.sleep(wait.toNanos());
    if (cut == null) {
      return false;
    }
    cut(cut, connection, bytes, cut == Cut.WITHIN ? within : commit, out);
    return true;
  }

  private static void cut(
      Cut cut, LinkConnection connection, byte[] bytes, int at, OutputStream out)
      throws IOException {
    switch (cut) {
      case BEFORE, WITHIN -> {
        out.write(bytes, 0, at);
        connection.cut();
      }
      case AFTER -> {
        out.write(bytes);
        connection.leaveServerAlone();
      }
      case ANSWER -> {
        connection.loseAnswer();
        out.write(bytes);
      }
    }
  }
}
