package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.AlertStoreContract;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PlainAlertStoreContractIT extends AlertStoreContract {
  private static PostgresServer server;

  private @Nullable String url;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.create();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  protected AlertStore create(ProviderContext context) {
    if (url == null) {
      url = server.createDatabase();
    }
    return TimescaleAlertStore.builder(context, url).clock(context.time()).build();
  }
}
