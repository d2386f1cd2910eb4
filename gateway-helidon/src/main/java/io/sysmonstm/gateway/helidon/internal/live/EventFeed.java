package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.spi.EventSubscriber;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.spi.Topic;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Follows the events, from the time on that the bus lets it: one that cannot be reached at the
 * start is asked again. {@link #tick} is called by one thread; the rest is thread-safe.
 */
public final class EventFeed implements AutoCloseable {
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final EventSubscriber subscriber;
  private final LiveView view;
  private final Refresh subscribing;
  private EventSubscriber.@Nullable Subscription subscription;
  private boolean closed;

  /**
   * Creates a feed that does not follow yet.
   *
   * @param subscriber where events come from
   * @param view where they go
   * @param time the clock
   * @param executor where it subscribes, which may block
   */
  public EventFeed(
      EventSubscriber subscriber, LiveView view, TimeSource time, ExecutorService executor) {
    this.subscriber = subscriber;
    this.view = view;
    this.subscribing = new Refresh("events", this::subscribe, time, executor);
  }

  /** Subscribes before it returns, where the bus lets it. */
  public void start() {
    subscribing.now();
  }

  /** Subscribes, where that has not been done yet. */
  public void tick() {
    if (!following()) {
      subscribing.tick(RETRY);
    }
  }

  /** {@return why there is no subscription, empty where there is one} */
  public Optional<String> problem() {
    return following() ? Optional.empty() : subscribing.problem();
  }

  private synchronized boolean following() {
    return closed || subscription != null;
  }

  private void subscribe() {
    var fresh = subscriber.subscribe("gateway", EnumSet.allOf(Topic.class), view::accept);
    synchronized (this) {
      if (!closed) {
        subscription = fresh;
        return;
      }
    }
    fresh.close();
  }

  /** Ends the subscription. */
  @Override
  public void close() {
    EventSubscriber.@Nullable Subscription last;
    synchronized (this) {
      closed = true;
      last = subscription;
    }
    if (last != null) {
      last.close();
    }
  }
}
