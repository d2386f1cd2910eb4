package io.sysmonstm.events.redis;

import io.sysmonstm.redis.client.RedisWorker;
import io.sysmonstm.spi.EventSubscriber.Subscription;
import io.sysmonstm.spi.Health;
import java.util.function.Consumer;

/** A running delivery: what is closed with it, in order. Thread-safe. */
final class RedisSubscription implements Subscription {
  private final RedisWorker<?> worker;
  private final Runnable stop;
  private final Consumer<RedisSubscription> onClose;

  RedisSubscription(RedisWorker<?> worker, Runnable stop, Consumer<RedisSubscription> onClose) {
    this.worker = worker;
    this.stop = stop;
    this.onClose = onClose;
  }

  Health health() {
    return worker.health();
  }

  @Override
  public void close() {
    onClose.accept(this);
    stop.run();
    worker.close();
  }
}
