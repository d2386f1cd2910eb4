package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.testkit.AlertStoreContract;

class EmbeddedAlertStoreContractTest extends AlertStoreContract {
  @Override
  protected AlertStore create(ProviderContext context) {
    return EmbeddedAlertStore.builder(context).build();
  }
}
