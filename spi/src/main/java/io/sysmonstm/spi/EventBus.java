package io.sysmonstm.spi;

/**
 * Carries events from publishers to every subscription. What a full queue drops is the oldest, and
 * is counted.
 */
public interface EventBus extends EventPublisher, EventSubscriber, AutoCloseable {
  /** What a bus promises. */
  enum Guarantee {
    /** An event is delivered once or not at all. */
    AT_MOST_ONCE,
    /** An event is delivered, perhaps more than once; after an outage too. */
    AT_LEAST_ONCE
  }

  /** {@return what this bus promises} */
  Guarantee guarantee();

  /** {@return whether it works now; never blocks} */
  Health health();

  /** Ends all deliveries and lets go of everything. */
  @Override
  void close();
}
