package io.sysmonstm.spi;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Resource;
import java.time.Duration;
import java.time.Instant;

/**
 * A batch that an aggregator took in, with what it knew of the machine. Immutable.
 *
 * @param batch the batch, without refused samples
 * @param resource the machine's inventory
 * @param interval the machine's collection interval
 * @param receivedAt when it came, by the aggregator's clock
 */
public record MetricsEvent(Batch batch, Resource resource, Duration interval, Instant receivedAt)
    implements Event {
  @Override
  public Topic topic() {
    return Topic.METRICS_RAW;
  }

  @Override
  public String machineId() {
    return batch.machineId();
  }
}
