package io.sysmonstm.spi;

/** The sending side of the event bus. Thread-safe. */
public interface EventPublisher {
  /**
   * Hands an event to the bus. Never blocks and never throws for a bus that is down or a subscriber
   * that is slow: what does not fit is dropped by the rule of {@link EventBus} and counted.
   *
   * @param event the event
   */
  void publish(Event event);
}
