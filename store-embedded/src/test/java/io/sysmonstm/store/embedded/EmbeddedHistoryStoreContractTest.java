package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.testkit.HistoryStoreContract;

class EmbeddedHistoryStoreContractTest extends HistoryStoreContract {
  @Override
  protected HistoryStore create(ProviderContext context) {
    return EmbeddedHistoryStore.builder(context).build();
  }
}
