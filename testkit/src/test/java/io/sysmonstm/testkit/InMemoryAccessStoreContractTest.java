package io.sysmonstm.testkit;

import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.ProviderContext;

class InMemoryAccessStoreContractTest extends AccessStoreContract {
  private final InMemoryAlertStore keptAlerts = new InMemoryAlertStore(time);
  private final InMemoryAccessStore kept = new InMemoryAccessStore(time, keptAlerts);

  // They keep what was written while the process lives, closed or not.
  @Override
  protected AccessStore create(ProviderContext context) {
    return kept;
  }

  @Override
  protected AlertStore createAlerts(ProviderContext context) {
    return keptAlerts;
  }
}
