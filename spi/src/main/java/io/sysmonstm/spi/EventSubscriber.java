package io.sysmonstm.spi;

import java.util.Set;
import java.util.function.Consumer;

/** The receiving side of the event bus. Thread-safe. */
public interface EventSubscriber {
  /**
   * Begins to deliver events. Each subscription has one bounded queue and one thread: the handler
   * is called for one event at a time, those of one machine in order. A handler that throws loses
   * that event only; it is counted and logged. A handler that is slow loses the oldest events of
   * its own queue, and costs others nothing.
   *
   * @param name what the subscription is called in metrics and logs
   * @param topics what is delivered
   * @param handler called for each event; may block
   * @return ends the delivery when closed; after that returns the handler is not called any more
   */
  Subscription subscribe(String name, Set<Topic> topics, Consumer<Event> handler);

  /** A running delivery. */
  interface Subscription extends AutoCloseable {
    /** Ends the delivery; may be called more than once, from any thread. */
    @Override
    void close();
  }
}
