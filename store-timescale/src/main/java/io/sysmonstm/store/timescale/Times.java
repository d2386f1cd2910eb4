package io.sysmonstm.store.timescale;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Times in columns of type {@code timestamptz}, to the microsecond. */
final class Times {
  private static final OffsetDateTime EARLIEST = OffsetDateTime.parse("0001-01-01T00:00:00Z");
  private static final OffsetDateTime LATEST = OffsetDateTime.parse("9999-12-31T00:00:00Z");

  private Times() {}

  static Instant get(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static Optional<Instant> find(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  static void set(PreparedStatement statement, int at, @Nullable Instant time) throws SQLException {
    if (time == null) {
      statement.setNull(at, Types.TIMESTAMP_WITH_TIMEZONE);
    } else {
      statement.setObject(at, stored(time));
    }
  }

  private static OffsetDateTime stored(Instant time) {
    if (time.isBefore(EARLIEST.toInstant())) {
      return EARLIEST;
    }
    return time.isAfter(LATEST.toInstant()) ? LATEST : time.atOffset(ZoneOffset.UTC);
  }
}
