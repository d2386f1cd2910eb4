import io.sysmonstm.spi.AccessStoreProvider;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.store.timescale.TimescaleAccessStoreProvider;
import io.sysmonstm.store.timescale.TimescaleAlertStoreProvider;
import io.sysmonstm.store.timescale.TimescaleHistoryStoreProvider;
import org.jspecify.annotations.NullMarked;

/** History, alerts and rules, and who may come in, in TimescaleDB, or in a plain PostgreSQL. */
@NullMarked
@SuppressWarnings("requires-automatic") // the driver has no module descriptor
module io.sysmonstm.store.timescale {
  requires com.zaxxer.hikari;
  requires io.sysmonstm.json;
  requires transitive io.sysmonstm.spi;
  requires java.naming; // the driver's data sources
  requires java.sql;
  requires static org.checkerframework.checker.qual; // annotations of the driver
  requires static org.jspecify;
  requires org.postgresql.jdbc;

  exports io.sysmonstm.store.timescale;

  provides AccessStoreProvider with
      TimescaleAccessStoreProvider;
  provides AlertStoreProvider with
      TimescaleAlertStoreProvider;
  provides HistoryStoreProvider with
      TimescaleHistoryStoreProvider;
}
