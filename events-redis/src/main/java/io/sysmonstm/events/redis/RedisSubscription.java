package io.sysmonstm.events.redis;

import io.sysmonstm.redis.client.RedisWorker;
import io.sysmonstm.spi.EventSubscriber.Subscription;
import io.sysmonstm.spi.Health;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A running delivery: what is closed with it, in order. Thread-safe. */
final class RedisSubscription implements Subscription {
  private final RedisWorker<?> worker;
  private final Predicate<String> owned;
  private final Runnable stop;
  private final Consumer<RedisSubscription> onClose;

  RedisSubscription(
      RedisWorker<?> worker,
      Predicate<String> owned,
      Runnable stop,
      Consumer<RedisSubscription> onClose) {
    this.worker = worker;
    this.owned = owned;
    this.stop = stop;
    this.onClose = onClose;
  }

  Health health() {
    return worker.health();
  }

  @Override
  public boolean owns(String machineId) {
    return owned.test(machineId);
  }

  @Override
  public void close() {
    onClose.accept(this);
    stop.run();
    worker.close();
  }
}
