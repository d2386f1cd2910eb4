package io.sysmonstm.web.helidon.internal.net;

import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * Ends connections whose handshake or request comes in drop by drop, or whose answer is not taken.
 * Helidon limits none of these; here a whole TLS handshake, a whole head, and a whole body, must
 * have come in time, and what is answered must have been taken in time. Thread-safe.
 */
public final class Deadlines {
  private final Timing timing;
  private final TimeSource time;
  private final LongAdder slowRequests;
  private final LongAdder slowReaders;
  private final LongAdder refused;
  private final LongAdder requestsRefused;
  private final Map<Thread, TimedContext> connections = new ConcurrentHashMap<>();
  private final List<Arrivals> arrivals = new CopyOnWriteArrayList<>();

  /**
   * Creates an empty set.
   *
   * @param role whose connections these are, such as {@code gateway}
   * @param timing how patient to be
   * @param time the clock
   * @param metrics where ended connections are counted
   */
  public Deadlines(String role, Timing timing, TimeSource time, SelfMetrics metrics) {
    this.timing = timing;
    this.time = time;
    this.slowRequests =
        metrics.counter(
            role + "_slow_requests_total",
            "Connections ended because a handshake or request took too long to come.");
    this.slowReaders =
        metrics.counter(
            role + "_slow_readers_total",
            "Connections ended because an answer was not taken in time.");
    this.refused =
        metrics.counter(
            role + "_connections_refused_total", "Connections beyond the share of a network.");
    this.requestsRefused =
        metrics.counter(
            role + "_requests_refused_total", "Requests at once beyond the share of a network.");
  }

  TimeSource time() {
    return time;
  }

  Timing timing() {
    return timing;
  }

  /** Ends handshakes that are overdue from now on. */
  void watch(Arrivals coming) {
    arrivals.add(coming);
  }

  void add(TimedContext connection) {
    connections.put(Thread.currentThread(), connection);
  }

  void remove() {
    connections.remove(Thread.currentThread());
  }

  /** Counts a connection that was refused. */
  void refused() {
    refused.increment();
  }

  /** Counts a request that was refused. */
  void requestRefused() {
    requestsRefused.increment();
  }

  /** Tells that the request which the current thread handles has been read. */
  void requestRead() {
    current().ifPresent(TimedContext::requestRead);
  }

  /** Tells that the current thread waits for the rest of a body. */
  void bodyComes() {
    current().ifPresent(TimedContext::bodyComes);
  }

  private Optional<TimedContext> current() {
    return Optional.ofNullable(connections.get(Thread.currentThread()));
  }

  /** Ends the connections that are overdue. */
  public void tick() {
    arrivals.forEach(coming -> slowRequests.add(coming.endOverdue(timing.request())));
    long now = time.nanoTime();
    connections.forEach(
        (thread, connection) -> {
          if (!connection.endComingTooSlowly(
              now, timing.request(), () -> end(thread, connection, slowRequests))) {
            connection.endTakenTooSlowly(now, () -> end(thread, connection, slowReaders));
          }
        });
  }

  // It takes a moment to end, and is counted once.
  private void end(Thread thread, TimedContext connection, LongAdder count) {
    if (connections.remove(thread, connection)) {
      count.increment();
      thread.interrupt();
    }
  }
}
