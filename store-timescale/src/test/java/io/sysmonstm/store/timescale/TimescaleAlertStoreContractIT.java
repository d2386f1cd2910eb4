package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.testkit.AlertStoreContract;
import org.junit.jupiter.api.AfterEach;

class TimescaleAlertStoreContractIT extends AlertStoreContract {
  private String url;

  @AfterEach
  void drop() {
    if (url != null) {
      TimescaleServer.drop(url);
    }
  }

  @Override
  protected AlertStore create(ProviderContext context) {
    if (url == null) {
      url = TimescaleServer.createDatabase();
    }
    return TimescaleAlertStore.builder(context, url).build();
  }
}
