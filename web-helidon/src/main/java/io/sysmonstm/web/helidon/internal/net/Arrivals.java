package io.sysmonstm.web.helidon.internal.net;

import io.sysmonstm.spi.TimeSource;
import java.net.SocketException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The TLS connections of a server: how many there may be, how many of one network may be in their
 * handshake, and for how long. Helidon asks nobody before a handshake, does not limit it, and
 * forgets to give back the permit of a connection whose handshake failed. Thread-safe.
 */
final class Arrivals {
  private final int limit;
  private final NetworkPlaces places;
  private final Deadlines deadlines;
  private final TimeSource time;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<Arrival.Ends, Arrival> handshakes = new ConcurrentHashMap<>();

  /**
   * Creates an empty set.
   *
   * @param limit how many connections there may be in all
   * @param places for the handshakes of each network
   * @param deadlines where those that are refused or too slow are counted
   */
  Arrivals(int limit, NetworkPlaces places, Deadlines deadlines) {
    this.limit = limit;
    this.places = places;
    this.deadlines = deadlines;
    this.time = deadlines.time();
  }

  /** Returns what the next connection is accepted into. */
  Arrival next() throws SocketException {
    return new Arrival(places, open::decrementAndGet);
  }

  /** Takes in one that has been accepted, or closes it; returns whether it was taken in. */
  boolean admit(Arrival arrival) {
    if (open.incrementAndGet() > limit || !arrival.begin(time.nanoTime())) {
      deadlines.refused();
      arrival.cutOff();
      return false;
    }
    handshakes.put(arrival.ends(), arrival);
    return true;
  }

  /** Tells that the handshake of a connection has ended. */
  void handshakeDone(Arrival.Ends ends) {
    var arrival = handshakes.remove(ends);
    if (arrival != null) {
      arrival.handshakeDone();
    }
  }

  /** Ends connections whose handshake takes too long, and returns how many. */
  int endOverdue(Duration patience) {
    long now = time.nanoTime();
    var ended = new AtomicInteger();
    handshakes.forEach(
        (ends, arrival) -> {
          if (arrival.isClosed()) {
            handshakes.remove(ends, arrival);
          } else if (now - arrival.sinceNanos() >= patience.toNanos()
              && handshakes.remove(ends, arrival)) {
            arrival.cutOff();
            ended.incrementAndGet();
          }
        });
    return ended.get();
  }
}
