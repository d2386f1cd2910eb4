package io.sysmonstm.web.helidon.internal.net;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The frames that wait for one viewer. A metrics frame takes the place of an older one of the same
 * machine, so that a slow viewer gets the newest state; other frames keep their order. Bounded by
 * the machines and by {@value #MAX_OTHERS} other frames, of which the oldest is dropped first.
 * Thread-safe; nothing waits.
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

  private final Runnable waker;
  // All guarded by this. The key is the machine's id for metrics frames, the frame itself for
  // others.
  private LinkedHashMap<Object, Frame> waiting = new LinkedHashMap<>();
  private Deque<Frame> others = new ArrayDeque<>(1);
  private final Deque<Frame> pongs = new ArrayDeque<>(1);
  private boolean large;
  private boolean ping;
  private boolean awake;
  private @Nullable Frame closing;

  /**
   * Creates an empty outbox.
   *
   * @param waker told that there is a frame, by the thread that puts it, so it must not wait; and
   *     not again before {@link #rest} has found none
   */
  public Outbox(Runnable waker) {
    this.waker = waker;
  }

  /**
   * Puts the frame that a viewer begins with, or begins anew with, in the place of all that waits;
   * it is never dropped.
   *
   * @param frame the snapshot
   */
  public void start(Frame frame) {
    synchronized (this) {
      if (closing == null) {
        waiting.clear();
        others.clear();
        waiting.put(frame, frame);
      }
    }
    wake();
  }

  /**
   * Puts the metrics frame of a machine, in the place of one that still waits.
   *
   * @param machineId the machine
   * @param frame its state
   */
  public void putNewest(String machineId, Frame frame) {
    synchronized (this) {
      if (closing == null) {
        waiting.put(machineId, frame);
      }
    }
    wake();
  }

  /**
   * Puts any other frame.
   *
   * @param frame what is sent after all that waits
   * @return whether there was room; without it, the oldest other frame was dropped
   */
  public boolean put(Frame frame) {
    boolean room = true;
    synchronized (this) {
      if (closing == null) {
        room = others.size() < MAX_OTHERS;
        if (!room) {
          waiting.remove(others.removeFirst());
        }
        waiting.put(frame, frame);
        others.addLast(frame);
      }
    }
    wake();
    return room;
  }

  /** Puts a ping before all that waits, unless one waits already. */
  public void putPing() {
    synchronized (this) {
      ping = true;
    }
    wake();
  }

  /**
   * Puts the answer to a ping before all that waits; of many, only the last few are kept.
   *
   * @param frame the answer
   */
  public void putPong(Frame frame) {
    synchronized (this) {
      if (pongs.size() == MAX_PONGS) {
        pongs.removeFirst();
      }
      pongs.addLast(frame);
    }
    wake();
  }

  /**
   * Drops all that waits and sends a close frame as the last one. Only the first call counts.
   *
   * @param code the close code
   */
  public void close(int code) {
    synchronized (this) {
      if (closing == null) {
        closing = Frame.close(code);
        waiting.clear();
        others.clear();
        pongs.clear();
      }
    }
    wake();
  }

  /** {@return whether {@link #close} was called} */
  public synchronized boolean closing() {
    return closing != null;
  }

  /** Tells of what waits now, without the lock, unless somebody is awake already. */
  private void wake() {
    boolean wakes;
    synchronized (this) {
      large |= waiting.size() > LARGE;
      wakes = !awake && !isEmpty();
      awake |= wakes;
    }
    if (wakes) {
      waker.run();
    }
  }

  /**
   * Says that all has been taken, unless something has come meanwhile.
   *
   * @return whether nothing waits; then the next frame is told of again
   */
  synchronized boolean rest() {
    awake = !isEmpty();
    return !awake;
  }

  /**
   * {@return the next frame, empty where none waits; after {@link #close}, the close frame for
   * ever}
   */
  public synchronized Optional<Frame> poll() {
    return isEmpty() ? Optional.empty() : Optional.of(next());
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
  public synchronized int size() {
    return waiting.size();
  }
}
