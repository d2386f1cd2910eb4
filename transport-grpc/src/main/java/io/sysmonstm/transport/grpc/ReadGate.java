package io.sysmonstm.transport.grpc;

import java.util.concurrent.Executor;

/**
 * Decides when the next message of a stream is asked for: while no session that the stream feeds
 * has said that it has enough. A session may say "go on" before its "enough" has come back through
 * {@code offer}, so that each valve remembers it. Thread-safe.
 */
final class ReadGate {
  private final Runnable readOne;
  private final Executor executor;
  private int closedValves;
  private boolean waiting;

  ReadGate(Runnable readOne, Executor executor) {
    this.readOne = readOne;
    this.executor = executor;
  }

  /** Asks for the next message, now or as soon as all valves are open. */
  void next() {
    synchronized (this) {
      if (closedValves > 0) {
        waiting = true;
        return;
      }
    }
    readOne.run();
  }

  Valve newValve() {
    return new Valve();
  }

  /** What one session has said. */
  final class Valve {
    private boolean closed;
    private boolean resumedEarly;

    /** To be called before each offer. */
    void offering() {
      synchronized (ReadGate.this) {
        resumedEarly = false;
      }
    }

    /** To be called after each offer with its answer. */
    void offered(boolean more) {
      synchronized (ReadGate.this) {
        if (!more && !closed && !resumedEarly) {
          closed = true;
          closedValves++;
        }
      }
    }

    void resume() {
      synchronized (ReadGate.this) {
        resumedEarly = true;
        if (!closed) {
          return;
        }
        closed = false;
        if (--closedValves > 0 || !waiting) {
          return;
        }
        waiting = false;
      }
      // Not in this thread: on an event loop it would deliver a message inside of whatever the
      // caller is at.
      executor.execute(readOne);
    }
  }
}
