package io.sysmonstm.testkit;

import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.ProviderContext;

class InMemoryAlertStoreContractTest extends AlertStoreContract {
  private final InMemoryAlertStore kept = new InMemoryAlertStore(time);

  // It keeps what was written while the process lives, closed or not.
  @Override
  protected AlertStore create(ProviderContext context) {
    return kept;
  }
}
