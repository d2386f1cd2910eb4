package io.sysmonstm.web.helidon.internal.net;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The frames that wait for one viewer. A metrics frame takes the place of an older one of the same
 * machine, so that a slow viewer gets the newest state; other frames keep their order. Bounded by
 * the machines and by {@value #MAX_OTHERS} other frames, of which the oldest is dropped first.
 * Thread-safe; nothing but {@link #take} waits.
 *
 * <p>Why the place of the older frame, and not the end: in a queue that is drained more slowly than
 * it is filled, a machine that went to the end each time might never be sent. And a change of
 * status that stands behind the replaced frame is not contradicted by it: had the status changed
 * again, that change would stand behind both.
 */
public final class Outbox {
  static final int MAX_OTHERS = 1_024;
  private static final int MAX_PONGS = 4;
  private static final Frame PING = Frame.ping();

  // A table that once held many stays as large as it was.
  private static final int LARGE = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  // All guarded by the lock. The key is the machine's id for metrics frames, the frame itself for
  // others.
  private LinkedHashMap<Object, Frame> waiting = new LinkedHashMap<>();
  private Deque<Frame> others = new ArrayDeque<>(1);
  private final Deque<Frame> pongs = new ArrayDeque<>(1);
  private boolean large;
  private boolean ping;
  private @Nullable Frame closing;

  /** Creates an empty outbox. */
  public Outbox() {}

  /**
   * Puts the frame that a viewer begins with, or begins anew with, in the place of all that waits;
   * it is never dropped.
   *
   * @param frame the snapshot
   */
  public void start(Frame frame) {
    lock.lock();
    try {
      if (closing == null) {
        waiting.clear();
        others.clear();
        waiting.put(frame, frame);
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Puts the metrics frame of a machine, in the place of one that still waits.
   *
   * @param machineId the machine
   * @param frame its state
   */
  public void putNewest(String machineId, Frame frame) {
    lock.lock();
    try {
      if (closing == null) {
        waiting.put(machineId, frame);
        filled();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Puts any other frame.
   *
   * @param frame what is sent after all that waits
   * @return whether there was room; without it, the oldest other frame was dropped
   */
  public boolean put(Frame frame) {
    lock.lock();
    try {
      if (closing != null) {
        return true;
      }
      boolean room = others.size() < MAX_OTHERS;
      if (!room) {
        waiting.remove(others.removeFirst());
      }
      waiting.put(frame, frame);
      others.addLast(frame);
      filled();
      return room;
    } finally {
      lock.unlock();
    }
  }

  private void filled() {
    large |= waiting.size() > LARGE;
    filled.signal();
  }

  /** Puts a ping before all that waits, unless one waits already. */
  public void putPing() {
    lock.lock();
    try {
      ping = true;
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Puts the answer to a ping before all that waits; of many, only the last few are kept.
   *
   * @param frame the answer
   */
  public void putPong(Frame frame) {
    lock.lock();
    try {
      if (pongs.size() == MAX_PONGS) {
        pongs.removeFirst();
      }
      pongs.addLast(frame);
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Drops all that waits and sends a close frame as the last one. Only the first call counts.
   *
   * @param code the close code
   */
  public void close(int code) {
    lock.lock();
    try {
      if (closing == null) {
        closing = Frame.close(code);
        waiting.clear();
        others.clear();
        pongs.clear();
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** {@return whether {@link #close} was called} */
  public boolean closing() {
    lock.lock();
    try {
      return closing != null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the next frame, waiting for one. After {@link #close}, that is the close frame for ever.
   *
   * @return the frame
   * @throws InterruptedException where the thread is interrupted
   */
  public Frame take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      // Without a limit in time: each would make a timer, and cancel it, for each frame.
      while (isEmpty()) {
        filled.await();
      }
      return next();
    } finally {
      lock.unlock();
    }
  }

  /** {@return the next frame, empty where none waits} */
  public Optional<Frame> poll() {
    lock.lock();
    try {
      return isEmpty() ? Optional.empty() : Optional.of(next());
    } finally {
      lock.unlock();
    }
  }

  private boolean isEmpty() {
    return closing == null && !ping && pongs.isEmpty() && waiting.isEmpty();
  }

  private Frame next() {
    if (closing != null) {
      return closing;
    }
    if (!pongs.isEmpty()) {
      return pongs.removeFirst();
    }
    if (ping) {
      ping = false;
      return PING;
    }
    var frame = waiting.pollFirstEntry().getValue();
    if (frame == others.peekFirst()) {
      others.removeFirst();
    }
    if (large && waiting.isEmpty()) {
      waiting = new LinkedHashMap<>();
      others = new ArrayDeque<>(1);
      large = false;
    }
    return frame;
  }

  /** {@return how many frames wait} */
  public int size() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }
}
