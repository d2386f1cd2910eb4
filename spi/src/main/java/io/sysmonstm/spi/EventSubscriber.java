package io.sysmonstm.spi;

import java.util.Set;
import java.util.function.Consumer;

/** The receiving side of the event bus. Thread-safe. */
public interface EventSubscriber {
  /**
   * Begins to deliver events. Each subscription has one bounded queue and one thread: the handler
   * is called for one event at a time, those of one machine in order. A handler that throws loses
   * that event only; it is counted and logged. One that leaves its thread interrupted loses
   * nothing: see {@link GuardedHandler}, which does both. A handler that is slow loses the oldest
   * events of its own queue, and costs others nothing.
   *
   * @param name what the subscription is called in metrics and logs
   * @param topics what is delivered
   * @param handler called for each event; may block
   * @return ends the delivery when closed; after that returns the handler is not called any more
   */
  Subscription subscribe(String name, Set<Topic> topics, Consumer<Event> handler);

  /**
   * Begins to deliver events to one member of a group. The members, in however many processes,
   * share the machines: the events of a machine come to one member, in order. When a member goes,
   * the others take over its machines; a bus that promises {@link EventBus.Guarantee#AT_LEAST_ONCE}
   * then delivers again what that member had not finished. Where a bus has no groups, as the
   * default here, each member gets every event.
   *
   * @param group what the group is called; the same in every process
   * @param topics what is delivered
   * @param handler as in {@link #subscribe}; an event is finished when it returns
   * @return ends this membership when closed; after that returns the handler is not called any more
   */
  default Subscription share(String group, Set<Topic> topics, Consumer<Event> handler) {
    return subscribe(group, topics, handler);
  }

  /** A running delivery. */
  interface Subscription extends AutoCloseable {
    /**
     * {@return whether the events of a machine come to this member of its group, now and until
     * another takes over} Never blocks. False where that cannot be said, since the server is away
     * or has not been asked yet; true at all times where a bus has no groups, as the default here.
     *
     * @param machineId any machine
     */
    default boolean owns(String machineId) {
      return true;
    }

    /** Ends the delivery; may be called more than once, from any thread. */
    @Override
    void close();
  }
}
