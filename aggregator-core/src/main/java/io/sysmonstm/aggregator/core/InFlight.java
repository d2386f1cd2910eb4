package io.sysmonstm.aggregator.core;

import io.sysmonstm.spi.TimeSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits for history, in the order of arrival, within a budget of bytes. While history works,
 * streams are told to wait before the budget is used up; while it fails they go on, for the live
 * view, and the oldest leave memory: their collectors keep them. Thread-safe.
 *
 * <p>One writer takes a flush, and gives back what could not be written before it takes the next.
 * The lock is the last in the order acknowledger, machine, queue.
 */
final class InFlight {
  private static final long SLOW_FLUSH_MICROS = 1_000_000;
  // In multiples of the samples that make a flush due. Stores want larger ones than people wait
  // for:
  // what has gathered behind the last flush goes as one.
  private static final int USUAL_FLUSH_FACTOR = 4;
  private static final int MAX_FLUSH_FACTOR = 16;
  private static final int MACHINE_SHARE = 8;
  // What one machine may have waiting; more of it waits only after a time without history.
  private static final int MAX_SKIPPED = 4_096;

  private final Limits limits;
  private final Counters counters;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition due = lock.newCondition();
  private final ArrayDeque<Pending> queue = new ArrayDeque<>();
  // Taken by the writer, in the order of arrival, before all of the queue.
  private final ArrayList<Pending> flushing = new ArrayList<>();
  private final ArrayList<Pending> skipped = new ArrayList<>();
  private final ArrayList<Session> paused = new ArrayList<>();
  private final ArrayList<Pending> dropped = new ArrayList<>();
  private long queuedSamples;
  private long bytes;
  private long added;
  private long removed;
  private long flushUpTo;
  private long fills;
  private long lastFillNanos;
  private int flushFactor = USUAL_FLUSH_FACTOR;
  private boolean failing;
  private boolean closing;

  InFlight(Limits limits, Counters counters, TimeSource time) {
    this.limits = limits;
    this.counters = counters;
    this.lastFillNanos = time.nanoTime() - limits.batchMaxAge().toNanos();
  }

  /** Takes a batch; returns whether its stream may go on. */
  boolean add(Pending pending) {
    lock.lock();
    try {
      if (closing) {
        return false;
      }
      added++;
      if (pending.batch.replay() && bytes + pending.bytes > limits.inFlightBytes()) {
        // It came from a spool and can come again; it shall not push out what was never kept.
        count(pending, pending.bytes);
        removed++;
        drop(pending);
      } else {
        enqueue(pending);
      }
      return mayGoOn(pending.session);
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(Pending pending) {
    queue.addLast(pending);
    count(pending, pending.bytes);
    long before = queuedSamples;
    queuedSamples += pending.batch.size();
    while (bytes > limits.inFlightBytes() && !queue.isEmpty()) {
      dropFor(pending.session.machine());
    }
    int enough = limits.batchMaxSamples();
    if (queue.size() == 1 || (before < enough && queuedSamples >= enough)) {
      due.signal();
    }
  }

  // A machine that has more than its share makes its own room; the rest is a matter of age.
  private void dropFor(Machine machine) {
    if (machine.inFlightBytes > limits.machineBytes()) {
      for (var i = queue.iterator(); i.hasNext(); ) {
        var pending = i.next();
        if (pending.session.machine() == machine) {
          i.remove();
          queuedSamples -= pending.batch.size();
          removed++;
          drop(pending);
          return;
        }
      }
    }
    drop(poll());
  }

  private Pending poll() {
    var oldest = queue.removeFirst();
    queuedSamples -= oldest.batch.size();
    removed++;
    return oldest;
  }

  private void drop(Pending pending) {
    count(pending, -pending.bytes);
    dropped.add(pending);
    if (!pending.duplicate) {
      counters.droppedBatches.increment();
      counters.droppedSamples.add(pending.batch.size());
    }
  }

  private void count(Pending pending, int by) {
    bytes += by;
    pending.session.machine().inFlightBytes += by;
  }

  /** {@return whether a stream may go on; if not, it will be resumed} */
  boolean mayRead(Session session) {
    lock.lock();
    try {
      return mayGoOn(session);
    } finally {
      lock.unlock();
    }
  }

  private boolean mayGoOn(Session session) {
    boolean room =
        bytes <= limits.pauseBytes() && session.machine().inFlightBytes <= limits.machineBytes();
    if (failing || room) {
      return true;
    }
    if (!session.paused) {
      session.paused = true;
      paused.add(session);
      counters.pauses.increment();
    }
    return false;
  }

  /**
   * Waits until a flush is due: enough samples, old enough, asked for, or the end.
   *
   * @param time the monotonic clock
   * @param notBeforeNanos a failing history is not tried before
   * @return what to write, valid until {@link #settled}; empty at the end
   */
  List<Pending> take(TimeSource time, long notBeforeNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        var oldest = queue.peekFirst();
        if (oldest == null) {
          if (closing) {
            return flushing;
          }
          due.await();
          continue;
        }
        long wait = waitNanos(oldest, time.nanoTime(), notBeforeNanos);
        if (wait <= 0) {
          lastFillNanos = time.nanoTime();
          fill();
          return flushing;
        }
        due.awaitNanos(wait);
      }
    } finally {
      lock.unlock();
    }
  }

  private long waitNanos(Pending oldest, long now, long notBefore) {
    if (notBefore - now > 0) {
      return notBefore - now;
    }
    if (queuedSamples >= limits.batchMaxSamples() || removed < flushUpTo || closing) {
      return 0;
    }
    // What comes after a quiet time goes at once; what follows within the age is grouped with its
    // like. There is never more than one flush per age, and nothing waits for longer.
    long sinceLast = now - lastFillNanos;
    return limits.batchMaxAge().toNanos() - Math.max(sinceLast, now - oldest.offeredNanos);
  }

  // In the order of arrival, but no machine gets more than its share of a flush while others wait:
  // one that sends a backlog holds up itself.
  private void fill() {
    int room = limits.batchMaxSamples() * flushFactor;
    int share = Math.max(1, room / MACHINE_SHARE);
    int samples = 0;
    fills++;
    while (!queue.isEmpty()
        && skipped.size() < MAX_SKIPPED
        && mayJoin(samples, queue.getFirst(), room)) {
      var oldest = poll();
      var machine = oldest.session.machine();
      if (machine.fill != fills) {
        machine.fill = fills;
        machine.fillSamples = 0;
      }
      // Once it has its share, all that follows waits too: batches of a machine keep their order.
      if (machine.fillSamples >= share) {
        skipped.add(oldest);
      } else {
        machine.fillSamples += weight(oldest);
        samples += weight(oldest);
        flushing.add(oldest);
      }
    }
    int next = 0;
    while (next < skipped.size() && mayJoin(samples, skipped.get(next), room)) {
      samples += weight(skipped.get(next));
      flushing.add(skipped.get(next++));
    }
    unpoll(skipped.subList(next, skipped.size()));
    skipped.clear();
  }

  private boolean mayJoin(int samples, Pending next, int room) {
    return flushing.isEmpty() || samples + weight(next) <= room;
  }

  // Batches without samples cost a flush something too.
  private static int weight(Pending pending) {
    return Math.max(1, pending.batch.size());
  }

  private void unpoll(List<Pending> oldest) {
    for (int i = oldest.size() - 1; i >= 0; i--) {
      queue.addFirst(oldest.get(i));
      queuedSamples += oldest.get(i).batch.size();
      removed--;
    }
  }

  /** Ends a flush: what is done is let go of, the rest goes back to where it was. */
  void settled(
      List<Pending> done, List<Pending> left, boolean historyFails, List<Session> resumed) {
    lock.lock();
    try {
      flushing.clear();
      for (var pending : done) {
        count(pending, -pending.bytes);
      }
      unpoll(left);
      fails(historyFails, resumed);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Learns how long a flush took. A store that is slow for each transaction rather than for each
   * row gets more of them at once, so that it keeps up; one that fails gets few.
   */
  void flushesTake(long micros, boolean failed) {
    lock.lock();
    try {
      if (failed) {
        flushFactor = 1;
      } else if (micros > SLOW_FLUSH_MICROS) {
        flushFactor = Math.min(MAX_FLUSH_FACTOR, 2 * flushFactor);
      } else {
        flushFactor = USUAL_FLUSH_FACTOR;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Says whether history fails, and who may go on for it. */
  void fails(boolean historyFails, List<Session> resumed) {
    lock.lock();
    try {
      failing = historyFails;
      if (paused.isEmpty() || (!failing && bytes > limits.resumeBytes())) {
        return;
      }
      long share = limits.machineBytes() / 2;
      for (var i = paused.iterator(); i.hasNext(); ) {
        var session = i.next();
        if (failing || session.machine().inFlightBytes <= share) {
          i.remove();
          session.paused = false;
          resumed.add(session);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Finds the batches that have waited for too long and whose senders were not told. */
  void overdue(long nowNanos, List<Pending> into) {
    lock.lock();
    try {
      for (var pending : flushing) {
        overdue(pending, nowNanos, into);
      }
      for (var pending : queue) {
        if (!overdue(pending, nowNanos, into)) {
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean overdue(Pending pending, long nowNanos, List<Pending> into) {
    if (nowNanos - pending.offeredNanos < limits.volatileAfter().toNanos()) {
      return false;
    }
    if (!pending.toldVolatile) {
      pending.toldVolatile = true;
      into.add(pending);
    }
    return true;
  }

  /** Takes what left memory before history had it. */
  void takeDropped(List<Pending> into) {
    lock.lock();
    try {
      into.addAll(dropped);
      dropped.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Makes all that waits now due. */
  void flushNow() {
    lock.lock();
    try {
      flushUpTo = added;
      due.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing more; what waits is due. */
  void close() {
    lock.lock();
    try {
      closing = true;
      due.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets that a stream waits. */
  void forget(Session session) {
    lock.lock();
    try {
      if (session.paused) {
        paused.remove(session);
      }
    } finally {
      lock.unlock();
    }
  }

  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return queue.size() + flushing.size();
    } finally {
      lock.unlock();
    }
  }
}
