package io.sysmonstm.store.timescale;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

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
  public Optional<String> tend(Connection connection, Retention retention) {
    return Optional.empty();
  }

  @Override
  public String last(String column) {
    return "(array_agg(%s ORDER BY time DESC))[1]".formatted(column);
  }
}
