package io.sysmonstm.transport.grpc;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the connections. One too many is let in so far that its client is told so, rather than cut
 * off for a reason that it has to guess. Thread-safe.
 */
final class ConnectionLimit extends ServerTransportFilter implements ServerInterceptor {
  private static final Attributes.Key<Boolean> EXCESS = Attributes.Key.create("excess-connection");

  private final int maxConnections;
  private final ServerCounters counters;
  private final AtomicInteger open = new AtomicInteger();

  ConnectionLimit(int maxConnections, ServerCounters counters) {
    this.maxConnections = maxConnections;
    this.counters = counters;
    counters.watchConnections(open::get);
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    if (open.incrementAndGet() <= maxConnections) {
      return attributes;
    }
    counters.connectionRefused();
    return attributes.toBuilder().set(EXCESS, true).build();
  }

  @Override
  public void transportTerminated(Attributes attributes) {
    // Null where it ended before it was ready.
    if (attributes != null) {
      open.decrementAndGet();
    }
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (call.getAttributes().get(EXCESS) == null) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.RESOURCE_EXHAUSTED.withDescription(
            "%d connections are open, the most this server takes; try again later"
                .formatted(maxConnections)),
        Overload.trailers());
    return new ServerCall.Listener<>() {};
  }
}
