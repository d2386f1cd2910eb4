package io.sysmonstm.docs;

import io.sysmonstm.collector.core.Collector;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.transport.grpc.GrpcMetricSender;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * An application that watches the machine it runs on, and a queue of its own, with a collector
 * inside it. Thread-safe.
 */
public final class EmbeddedCollector implements AutoCloseable {
  private final BlockingQueue<Runnable> orders = new LinkedBlockingQueue<>(1_000);
  private final MetricSender sender;
  private final Collector collector;

  /**
   * Starts the application.
   *
   * @param machineId the machine's id
   * @param aggregator where the aggregator listens, {@code host:port}
   */
  public EmbeddedCollector(String machineId, String aggregator) {
    // @start region="embed"
    sender = GrpcMetricSender.builder(aggregator).build();
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
    sender.close();
  }
}
