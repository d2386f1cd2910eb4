package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.web.helidon.internal.net.MessageReader;
import io.sysmonstm.web.helidon.internal.net.Outbox;
import io.sysmonstm.web.helidon.internal.net.ViewerFeed;

/** One viewer of a {@link LiveView}: what it wants, and what waits for it. Thread-safe. */
final class Viewer implements ViewerFeed.Session {
  private final LiveView view;
  private final Outbox outbox;
  // Guarded by the view.
  private Subscription subscription = Subscription.ALL;

  Viewer(LiveView view, Outbox outbox) {
    this.view = view;
    this.outbox = outbox;
  }

  Outbox outbox() {
    return outbox;
  }

  /** {@return what the viewer wants} Guarded by the view. */
  Subscription subscription() {
    return subscription;
  }

  /** Takes note of what the viewer wants. Guarded by the view. */
  void subscribed(Subscription value) {
    subscription = value;
  }

  /** Narrows what is sent from now on. */
  void subscribe(Subscription value) {
    view.subscribe(this, value);
  }

  @Override
  public MessageReader.Limits limits() {
    return MessageReader.Limits.VIEWER;
  }

  @Override
  public boolean accept(byte[] message) {
    var wish = Subscription.read(message);
    wish.ifPresent(this::subscribe);
    return wish.isPresent();
  }

  @Override
  public void close() {
    view.detach(this);
  }
}
