package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.HistoryStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PlainHistoryStoreContractIT extends HistoryStoreContract {
  private static PostgresServer server;
  private static String database;

  private String url;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.create();
    database = server.createDatabase();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  protected HistoryStore create(ProviderContext context) {
    if (url == null) {
      url = Schemas.create(database);
    }
    return TimescaleHistoryStore.builder(context, url).build();
  }
}
