package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.testkit.HistoryStoreContract;
import org.junit.jupiter.api.AfterEach;

class TimescaleHistoryStoreContractIT extends HistoryStoreContract {
  private String url;

  @AfterEach
  void drop() {
    if (url != null) {
      TimescaleServer.drop(url);
    }
  }

  @Override
  protected HistoryStore create(ProviderContext context) {
    if (url == null) {
      url = TimescaleServer.createDatabase();
    }
    return TimescaleHistoryStore.builder(context, url).build();
  }
}
