package io.sysmonstm.store.timescale;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;

/** A PostgreSQL without the extension: rollups are made when they are asked for. */
final class PlainFlavour implements Flavour {
  static final PlainFlavour INSTANCE = new PlainFlavour();

  private PlainFlavour() {}

  @Override
  public List<Migration> migrations() {
    return List.of(Migration.of("plain-001"));
  }

  @Override
  public void keep(Connection connection, Retention retention) {}

  @Override
  public Duration tendEvery() {
    return Duration.ofMinutes(1);
  }

  @Override
  public void tend(Connection connection, Retention retention) {}
}
