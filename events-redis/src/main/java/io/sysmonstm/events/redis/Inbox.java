package io.sysmonstm.events.redis;

import io.sysmonstm.api.Labels;
import io.sysmonstm.redis.client.RedisWorker;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * What came for one subscription and waits for its handler, and the thread that hands it over.
 * Thread-safe.
 */
final class Inbox implements AutoCloseable {
  private static final EventLog LOG = EventLog.of(RedisEventBus.class);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

  private final Handling handling;
  private final BoundedQueue<Message> queue;
  private final LongAdder dropped;
  private final Thread thread;
  private volatile boolean closed;

  Inbox(Handling handling, int capacity, SelfMetrics metrics) {
    this.handling = handling;
    queue = new BoundedQueue<>(capacity, message -> message.json().length);
    var labels = Labels.of("subscription", handling.name());
    dropped =
        metrics.counter(
            "events_dropped_total", "Events lost because a subscription was slow.", labels);
    metrics.gauge("events_queued", "Events that wait for a subscription.", labels, queue::size);
    thread = Thread.ofVirtual().name("events-" + handling.name()).unstarted(this::deliver);
  }

  void start() {
    thread.start();
  }

  void put(Message message) {
    int lost = queue.put(message);
    if (lost > 0) {
      dropped.add(lost);
      LOG.warn(
          "events_dropped",
          "a subscription is slow; the oldest events of its queue are dropped",
          null,
          "subscription",
          handling.name());
    }
  }

  private void deliver() {
    try {
      while (!closed) {
        // One at a time, so that what waits is what the bound says.
        for (var message : queue.take(1, RedisWorker.IDLE)) {
          handling.handle(message);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the delivery; waits for a handler that runs, unless it is the one who closes. */
  @Override
  public void close() {
    closed = true;
    queue.close();
    if (Thread.currentThread().equals(thread)) {
      return;
    }
    try {
      if (!thread.join(CLOSE_PATIENCE)) {
        thread.interrupt();
        thread.join(CLOSE_PATIENCE);
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
