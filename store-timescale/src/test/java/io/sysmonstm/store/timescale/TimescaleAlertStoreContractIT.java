package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.testkit.AlertStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class TimescaleAlertStoreContractIT extends AlertStoreContract {
  private static String database;

  private String url;

  // Skips all of it where there is no such server; no method is to begin then.
  @BeforeAll
  static void createDatabase() {
    database = TimescaleServer.createDatabase();
  }

  @AfterAll
  static void dropDatabase() {
    if (database != null) {
      TimescaleServer.drop(database);
    }
  }

  @Override
  protected AlertStore create(ProviderContext context) {
    if (url == null) {
      url = Schemas.create(database);
    }
    return TimescaleAlertStore.builder(context, url).clock(context.time()).build();
  }
}
