package io.sysmonstm.store.embedded;

import java.sql.SQLException;
import java.util.Optional;

/** Reads and writes the chunks of one tier. Confined to one thread. */
final class Chunks {
  /** Takes a chunk. */
  interface Visitor {
    void chunk(byte[] chunk) throws SQLException;
  }

  private final Session session;
  private final Tier tier;

  Chunks(Session session, Tier tier) {
    this.session = session;
    this.tier = tier;
  }

  /** Hands over the chunks of a series that touch a span, rising. */
  void read(int series, Span span, Visitor visitor) throws SQLException {
    if (span.isEmpty()) {
      return;
    }
    var select = session.prepare(tier.select());
    select.setLong(1, tier.key(series, span.fromMillis()));
    select.setLong(2, tier.key(series, span.toMillis() - 1));
    try (var rows = select.executeQuery()) {
      while (rows.next()) {
        visitor.chunk(rows.getBytes(1));
      }
    }
  }

  /** Returns the chunk that a time of a series belongs to. */
  Optional<byte[]> at(int series, long timeMillis) throws SQLException {
    var select = session.prepare(tier.select());
    select.setLong(1, tier.key(series, timeMillis));
    select.setLong(2, tier.key(series, timeMillis));
    try (var rows = select.executeQuery()) {
      return rows.next() ? Optional.of(rows.getBytes(1)) : Optional.empty();
    }
  }

  /** Writes a chunk in the place of the one there was. */
  void write(int series, long timeMillis, byte[] chunk) throws SQLException {
    var upsert = session.prepare(tier.upsert());
    upsert.setLong(1, tier.key(series, timeMillis));
    upsert.setBytes(2, chunk);
    upsert.executeUpdate();
  }

  /** Deletes the chunks of a series that end before a time; returns how many these were. */
  int deleteBefore(int series, long timeMillis) throws SQLException {
    var delete = session.prepare(tier.delete());
    delete.setLong(1, tier.key(series, 0));
    delete.setLong(2, tier.key(series, Math.max(0, timeMillis)));
    return delete.executeUpdate();
  }

  boolean has(int series) throws SQLException {
    var exists = session.prepare(tier.exists());
    exists.setLong(1, tier.key(series, 0));
    exists.setLong(2, tier.key(series, Span.MAX_MILLIS));
    return Session.numberOr(0, exists) != 0;
  }
}
