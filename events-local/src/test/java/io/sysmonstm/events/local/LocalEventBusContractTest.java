package io.sysmonstm.events.local;

import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.EventBusContract;

class LocalEventBusContractTest extends EventBusContract {
  @Override
  protected EventBus createBus(int queue, SelfMetrics counts) {
    return new LocalEventBus(queue, counts);
  }
}
