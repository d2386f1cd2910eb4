package io.sysmonstm.events.kafka;

import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.EventBusContract;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

class KafkaEventBusContractIT extends EventBusContract {
  private String prefix = "";

  @Override
  protected EventBus createBus(int queue, SelfMetrics counts) {
    prefix = UUID.randomUUID() + ".";
    return open(queue, counts);
  }

  @Override
  protected Optional<EventBus> createPeer(int queue, SelfMetrics counts) {
    return Optional.of(open(queue, counts));
  }

  private EventBus open(int queue, SelfMetrics counts) {
    return KafkaEventBus.builder(new SeriesRegistry())
        .bootstrapServers(List.of(Broker.address()))
        .topicPrefix(prefix)
        .partitions(3)
        .queue(queue)
        .metrics(counts)
        .open();
  }

  @Override
  protected boolean dropsWhenSlow() {
    return false;
  }

  @Override
  protected boolean sharesMachines() {
    return true;
  }
}
