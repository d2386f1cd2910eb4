import io.sysmonstm.spi.AccessStoreProvider;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.store.embedded.EmbeddedAccessStoreProvider;
import io.sysmonstm.store.embedded.EmbeddedAlertStoreProvider;
import io.sysmonstm.store.embedded.EmbeddedCurrentStoreProvider;
import io.sysmonstm.store.embedded.EmbeddedHistoryStoreProvider;
import org.jspecify.annotations.NullMarked;

/**
 * Stores without a server: current state in memory; history, alerts, and who may come in, each in
 * one SQLite file.
 */
@NullMarked
module io.sysmonstm.store.embedded {
  requires transitive io.sysmonstm.spi;
  requires java.sql;
  requires static org.jspecify;
  requires org.xerial.sqlitejdbc;

  exports io.sysmonstm.store.embedded;

  provides AccessStoreProvider with
      EmbeddedAccessStoreProvider;
  provides AlertStoreProvider with
      EmbeddedAlertStoreProvider;
  provides CurrentStoreProvider with
      EmbeddedCurrentStoreProvider;
  provides HistoryStoreProvider with
      EmbeddedHistoryStoreProvider;
}
