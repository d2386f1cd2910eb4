package io.sysmonstm.store.timescale;

import io.sysmonstm.test.servers.PostgresServer;
import java.util.concurrent.atomic.AtomicInteger;

/** Empty schemas, which are made much faster than databases. */
final class Schemas {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private Schemas() {}

  /** Makes a new schema in a database; returns a URL whose names are looked up there first. */
  static String create(String databaseUrl) {
    var schema = "test_" + COUNT.incrementAndGet();
    PostgresServer.execute(databaseUrl, "CREATE SCHEMA " + schema);
    return databaseUrl + "&currentSchema=" + schema + ",public";
  }
}
