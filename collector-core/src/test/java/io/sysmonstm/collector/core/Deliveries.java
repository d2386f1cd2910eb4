package io.sysmonstm.collector.core;

import io.sysmonstm.api.Resource;
import io.sysmonstm.collector.core.internal.spool.Spool;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.RecordingSender;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;

/** Makes deliveries of machine m1 that only a test calls. */
final class Deliveries {
  static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final UUID INSTANCE = new UUID(2, 2);

  private Deliveries() {}

  static Delivery of(Spool spool, RecordingSender sender, ManualTime time, SelfMetrics metrics) {
    return of(spool, sender, time, metrics, new ManualWaiter.Clockwork().newWaiter());
  }

  static Delivery of(
      Spool spool, RecordingSender sender, ManualTime time, SelfMetrics metrics, Waiter waiter) {
    return new Delivery(
        new DeliveryParts(
            sender,
            spool,
            () ->
                new Hello(
                    "m1",
                    spool.epoch(),
                    INSTANCE,
                    Resource.builder("host").build(),
                    time.instant(),
                    spool.droppedSamples(),
                    INTERVAL),
            time,
            waiter,
            new Random(7),
            metrics),
        INTERVAL);
  }
}
