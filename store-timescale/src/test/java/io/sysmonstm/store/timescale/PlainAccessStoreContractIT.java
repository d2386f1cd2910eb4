package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.AccessStoreContract;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PlainAccessStoreContractIT extends AccessStoreContract {
  private static PostgresServer server;
  private static String database;

  private @Nullable String url;

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
  protected AccessStore create(ProviderContext context) {
    if (url == null) {
      url = Schemas.create(database);
    }
    return new TimescaleAccessStore(
        new Server(url, Optional.empty(), Optional.empty()),
        connection -> context.time().instant(),
        context);
  }

  @Override
  protected AlertStore createAlerts(ProviderContext context) {
    return TimescaleAlertStore.builder(context, url).clock(context.time()).build();
  }
}
