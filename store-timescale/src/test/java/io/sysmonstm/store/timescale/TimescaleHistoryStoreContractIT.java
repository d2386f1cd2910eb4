package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.testkit.HistoryStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class TimescaleHistoryStoreContractIT extends HistoryStoreContract {
  private static String database;

  private String url;

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
  protected HistoryStore create(ProviderContext context) {
    if (url == null) {
      url = Schemas.create(database);
    }
    return TimescaleHistoryStore.builder(context, url).build();
  }
}
