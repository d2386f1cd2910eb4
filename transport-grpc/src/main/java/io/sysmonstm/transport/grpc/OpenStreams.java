package io.sysmonstm.transport.grpc;

import io.grpc.Status;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The streams of a server, so that a stop can end them in order. Thread-safe. */
final class OpenStreams {
  /** A stream that can be ended from outside. */
  interface Endable {
    /** Ends as soon as that loses nothing. */
    void finish(Status status);

    /** Ends now. */
    void end(Status status);

    /** Whose it is, as far as anybody had to prove that. */
    default Caller caller() {
      return Caller.ANYBODY;
    }
  }

  private static final Status REVOKED =
      Status.UNAUTHENTICATED.withDescription("the credential was revoked, or has expired");

  private final Set<Endable> open = new LinkedHashSet<>();

  synchronized void add(Endable stream) {
    open.add(stream);
  }

  synchronized void remove(Endable stream) {
    open.remove(stream);
    if (open.isEmpty()) {
      notifyAll();
    }
  }

  synchronized int size() {
    return open.size();
  }

  synchronized List<Endable> all() {
    return List.copyOf(open);
  }

  /** Ends those whose credential holds no more; tells how many. */
  int endRevoked() {
    int ended = 0;
    for (var stream : all()) {
      if (!stream.caller().holds()) {
        stream.end(REVOKED);
        ended++;
      }
    }
    return ended;
  }

  /** Blocks until none is open; tells whether that came in time. */
  synchronized boolean awaitNone(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!open.isEmpty()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }
}
