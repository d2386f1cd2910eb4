package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.testkit.CurrentStoreContract;
import java.time.Duration;

class EmbeddedCurrentStoreContractTest extends CurrentStoreContract {
  @Override
  protected CurrentStore create(ProviderContext context, Duration timeToLive) {
    return EmbeddedCurrentStore.builder(context).timeToLive(timeToLive).build();
  }
}
