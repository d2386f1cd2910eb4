package io.sysmonstm.docs;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.SampleSink;
import java.util.concurrent.BlockingQueue;

/** A metric of the application itself: how much waits in a queue. Safe for use by one collector. */
public final class QueueDepthSource implements MetricSource {
  private final BlockingQueue<?> queue;
  private final Labels labels;

  /**
   * Creates a source.
   *
   * @param name the queue's name, as in the label {@code queue}
   * @param queue the queue to watch
   */
  public QueueDepthSource(String name, BlockingQueue<?> queue) {
    this.queue = queue;
    this.labels = Labels.of("queue", name);
  }

  @Override
  public String name() {
    return "queues";
  }

  // @start region="collect"
  @Override
  public void collect(SampleSink sink) {
    sink.add("queue_depth", labels, queue.size());
  }
  // @end
}
