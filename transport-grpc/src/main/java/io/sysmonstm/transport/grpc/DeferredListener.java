package io.sysmonstm.transport.grpc;

import io.grpc.ServerCall;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what happens to a call until it is known what to do with it. Messages do not come, since
 * nobody has asked for any, so that it keeps a few events at the most.
 */
final class DeferredListener<Q> extends ServerCall.Listener<Q> {
  // Guarded by this.
  private final Queue<Consumer<ServerCall.Listener<Q>>> waiting = new ArrayDeque<>();

  private volatile ServerCall.@Nullable Listener<Q> listener;

  /** Passes on what has happened, and from then on what happens; called once. */
  void passTo(ServerCall.Listener<Q> next) {
    while (true) {
      Consumer<ServerCall.Listener<Q>> event;
      synchronized (this) {
        event = waiting.poll();
        if (event == null) {
          listener = next;
          return;
        }
      }
      event.accept(next);
    }
  }

  private void happened(Consumer<ServerCall.Listener<Q>> event) {
    var known = listener;
    if (known == null) {
      synchronized (this) {
        known = listener;
        if (known == null) {
          waiting.add(event);
          return;
        }
      }
    }
    event.accept(known);
  }

  @Override
  public void onMessage(Q message) {
    happened(next -> next.onMessage(message));
  }

  @Override
  public void onHalfClose() {
    happened(ServerCall.Listener::onHalfClose);
  }

  @Override
  public void onCancel() {
    happened(ServerCall.Listener::onCancel);
  }

  @Override
  public void onComplete() {
    happened(ServerCall.Listener::onComplete);
  }

  @Override
  public void onReady() {
    happened(ServerCall.Listener::onReady);
  }
}
