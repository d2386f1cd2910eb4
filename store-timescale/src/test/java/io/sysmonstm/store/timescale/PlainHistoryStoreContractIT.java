package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.HistoryStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PlainHistoryStoreContractIT extends HistoryStoreContract {
  private static PostgresServer server;

  private String url;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.create();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  protected HistoryStore create(ProviderContext context) {
    if (url == null) {
      url = server.createDatabase();
    }
    return TimescaleHistoryStore.builder(context, url).build();
  }
}
