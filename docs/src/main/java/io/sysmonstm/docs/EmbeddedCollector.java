package io.sysmonstm.docs;

import io.sysmonstm.collector.core.Collector;
import io.sysmonstm.spi.MetricSender;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * An application that watches the machine it runs on, and a queue of its own, with a collector
 * inside it. Thread-safe.
 */
public final class EmbeddedCollector implements AutoCloseable {
  private final BlockingQueue<Runnable> orders = new LinkedBlockingQueue<>(1_000);
  private final Collector collector;

  /**
   * Starts the application.
   *
   * @param machineId the machine's id
   * @param sender the sending end of a transport, which the caller closes afterwards
   */
  public EmbeddedCollector(String machineId, MetricSender sender) {
    // @start region="embed"
    collector =
        Collector.builder(machineId, sender)
            .tag("app", "shop")
            .addSource(new QueueDepthSource("orders", orders))
            .build();
    collector.start();
    // @end
  }

  /**
   * Queues an order.
   *
   * @param order what is to be done
   * @return whether there was room for it
   */
  public boolean submit(Runnable order) {
    return orders.offer(order);
  }

  /** {@return whether the metrics arrive} */
  public boolean isMonitored() {
    return collector.status().health().isOk();
  }

  /** Delivers what is left, and ends the collector. */
  @Override
  public void close() {
    collector.close();
  }
}
