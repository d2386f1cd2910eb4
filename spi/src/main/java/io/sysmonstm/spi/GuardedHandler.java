package io.sysmonstm.spi;

import io.sysmonstm.api.Labels;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * What every event bus puts between its deliveries and the handler of a subscription: a handler
 * that throws loses that event only, and one that leaves its thread interrupted is not taken for a
 * bus that ends. Counts {@code events_delivered_total} and {@code events_handler_failures_total},
 * logs {@code event_handler_failed}. Calls the handler in the calling thread, which may block as
 * long as the handler does; as thread-safe as the handler is.
 */
public final class GuardedHandler implements Consumer<Event> {
  private final String subscription;
  private final Consumer<Event> handler;
  private final EventLog log;
  private final LongAdder delivered;
  private final LongAdder failures;

  /**
   * Guards a handler.
   *
   * @param subscription what the subscription is called in counters and logs
   * @param handler what is guarded
   * @param metrics where it is counted
   * @param log where failures are told
   */
  public GuardedHandler(
      String subscription, Consumer<Event> handler, SelfMetrics metrics, EventLog log) {
    this.subscription = subscription;
    this.handler = handler;
    this.log = log;
    var labels = Labels.of("subscription", subscription);
    delivered = metrics.counter("events_delivered_total", "Events handed to a handler.", labels);
    failures =
        metrics.counter(
            "events_handler_failures_total", "Events lost because a handler threw.", labels);
  }

  /** {@return what the subscription is called} */
  public String subscription() {
    return subscription;
  }

  /**
   * Hands an event to the handler; whatever that throws is counted and logged. The interrupt mark
   * of the thread is clear afterwards: a bus that interrupts a handler to end its subscription has
   * to note somewhere else that it ends.
   *
   * @param event what is handed over
   */
  @Override
  public void accept(Event event) {
    delivered.increment();
    try {
      handler.accept(event);
    } catch (Throwable e) {
      failures.increment();
      log.warn(
          "event_handler_failed",
          "a handler threw; this event is lost to it, the next ones are delivered",
          e,
          "subscription",
          subscription,
          "topic",
          event.topic().text());
    } finally {
      // A mark that stays would end the next wait of the bus, and so the subscription.
      Thread.interrupted();
    }
  }
}
