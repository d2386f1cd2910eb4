package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.testkit.AccessStoreContract;

class EmbeddedAccessStoreContractTest extends AccessStoreContract {
  @Override
  protected AccessStore create(ProviderContext context) {
    return new EmbeddedAccessStore(context);
  }

  @Override
  protected AlertStore createAlerts(ProviderContext context) {
    return EmbeddedAlertStore.builder(context).build();
  }
}
