package io.sysmonstm.events.local;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.EventSubscriber.Subscription;
import io.sysmonstm.spi.GuardedHandler;
import io.sysmonstm.spi.SelfMetrics;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** One queue and the thread that empties it into a handler. Thread-safe. */
final class LocalSubscription implements Subscription {
  private static final EventLog LOG = EventLog.of(LocalEventBus.class);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

  private final GuardedHandler handler;
  private final EventRing queue;
  private final Consumer<LocalSubscription> onClose;
  private final Thread thread;
  private final LongAdder dropped;

  LocalSubscription(
      String name,
      Consumer<Event> handler,
      int capacity,
      SelfMetrics metrics,
      Consumer<LocalSubscription> onClose,
      String threadName) {
    this.handler = new GuardedHandler(name, handler, metrics, LOG);
    this.queue = new EventRing(capacity);
    this.onClose = onClose;
    this.thread = Thread.ofVirtual().name(threadName).unstarted(this::deliver);
    var labels = Labels.of("subscription", name);
    dropped =
        metrics.counter(
            "events_dropped_total", "Events lost because a subscription was slow.", labels);
    metrics.gauge("events_queued", "Events that wait for a subscription.", labels, queue::size);
  }

  void start() {
    thread.start();
  }

  void enqueue(Event event) {
    switch (queue.put(event)) {
      case STORED, CLOSED -> {}
      case DROPPED_OLDEST -> dropped.increment();
      case OVERFLOWED -> {
        dropped.increment();
        LOG.warn(
            "events_dropped",
            "a subscription is slow; the oldest events of its queue are dropped",
            null,
            "subscription",
            handler.subscription());
      }
    }
  }

  private void deliver() {
    try {
      for (var event = queue.take(); event != null; event = queue.take()) {
        handler.accept(event);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the delivery without waiting for a handler that runs. */
  void stop() {
    queue.close();
  }

  /**
   * Waits for a handler that runs, unless it is the one who closes; interrupts it when patience is
   * over.
   */
  void awaitEnd() {
    if (Thread.currentThread().equals(thread)) {
      return;
    }
    try {
      if (thread.join(CLOSE_PATIENCE)) {
        return;
      }
      thread.interrupt();
      if (!thread.join(CLOSE_PATIENCE)) {
        LOG.warn(
            "event_handler_held_up",
            "a handler does not return and ignores its interrupt",
            null,
            "subscription",
            handler.subscription());
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    onClose.accept(this);
    stop();
    awaitEnd();
  }
}
