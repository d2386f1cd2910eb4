package io.sysmonstm.events.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.sysmonstm.api.Labels;
import io.sysmonstm.json.EventJson;
import io.sysmonstm.redis.client.Pipeline;
import io.sysmonstm.redis.client.RedisWorker;
import io.sysmonstm.redis.client.Replies;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Events that wait to be published, and how they are: many in one round trip. Publishing is
 * thread-safe, turns are the worker's.
 */
final class Outbox implements RedisWorker.Work<StatefulRedisConnection<String, byte[]>> {
  /** How one event is sent. */
  interface Sending {
    /** Adds what sends it. */
    void send(Pipeline pipeline, Event event, byte[] json);
  }

  private static final EventLog LOG = EventLog.of(RedisEventBus.class);
  private static final int CAPACITY = 10_000;
  private static final int AT_ONCE = 128;

  private final EventJson json;
  private final Sending sending;
  private final boolean again;
  private final BoundedQueue<Event> queue = new BoundedQueue<>(CAPACITY, Outbox::estimatedBytes);
  private final LongAdder published;
  private final LongAdder dropped;
  // The worker's own.
  private List<Event> unsent = List.of();
  private @Nullable Object asked;

  /**
   * Creates an empty one.
   *
   * @param again whether to send again what may or may not have arrived
   */
  Outbox(EventJson json, SelfMetrics metrics, Sending sending, boolean again) {
    this.json = json;
    this.sending = sending;
    this.again = again;
    published = metrics.counter("events_published_total", "Events handed to the bus's server.");
    dropped =
        metrics.counter(
            "events_publish_dropped_total",
            "Events that were not published because the server was down or slow.");
    metrics.gauge(
        "events_publish_queued", "Events that wait to be published.", Labels.empty(), queue::size);
  }

  void put(Event event) {
    int lost = queue.put(event);
    if (lost > 0) {
      lost(lost);
    }
  }

  @Override
  public void turn(StatefulRedisConnection<String, byte[]> connection) throws InterruptedException {
    boolean known = connection.equals(asked);
    asked = connection;
    if (unsent.isEmpty() && known) {
      unsent = queue.take(AT_ONCE, RedisWorker.IDLE);
    }
    if (unsent.isEmpty()) {
      Replies.soon().await(connection.async().ping());
      return;
    }
    try {
      send(connection);
    } catch (RedisException e) {
      if (!again) {
        lost(unsent.size());
        unsent = List.of();
      }
      throw e;
    }
  }

  @Override
  public void end(StatefulRedisConnection<String, byte[]> connection) throws InterruptedException {
    unsent = new ArrayList<>(unsent);
    unsent.addAll(queue.take(AT_ONCE, Duration.ZERO));
    send(connection);
  }

  private void send(StatefulRedisConnection<String, byte[]> connection)
      throws InterruptedException {
    var pipeline = new Pipeline();
    for (var event : unsent) {
      sending.send(pipeline, event, json.write(event));
    }
    pipeline.send(connection, Replies.soon());
    published.add(unsent.size());
    unsent = List.of();
  }

  private void lost(int events) {
    dropped.add(events);
    LOG.warn("events_not_published", "the bus's server is down or slow; events are dropped", null);
  }

  private static long estimatedBytes(Event event) {
    return event instanceof MetricsEvent metrics
        ? 500 + 100L * (metrics.batch().size() + metrics.batch().topProcesses().size())
        : 1_000;
  }
}
