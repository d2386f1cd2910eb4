package io.sysmonstm.store.embedded;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Optional;

/** Times in columns, as nanoseconds of Unix time. */
final class UnixNanos {
  private UnixNanos() {}

  /** Returns nanoseconds of Unix time; the years 1677 to 2262, what lies beyond as their ends. */
  static long of(Instant time) {
    try {
      return Math.addExact(
          Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
    } catch (ArithmeticException beyond) {
      return time.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(0, nanos);
  }

  static void set(PreparedStatement statement, int at, Optional<Instant> time) throws SQLException {
    if (time.isPresent()) {
      statement.setLong(at, of(time.get()));
    } else {
      statement.setNull(at, Types.INTEGER);
    }
  }

  static Optional<Instant> find(ResultSet row, String column) throws SQLException {
    long nanos = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(instant(nanos));
  }
}
