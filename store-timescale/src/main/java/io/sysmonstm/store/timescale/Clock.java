package io.sysmonstm.store.timescale;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** What says how late it is, to all processes the same. */
interface Clock {
  /** Asks the server, whose clock all processes share. */
  Clock OF_SERVER =
      connection -> {
        try (var query = connection.prepareStatement("SELECT clock_timestamp()");
            var row = query.executeQuery()) {
          row.next();
          return row.getObject(1, OffsetDateTime.class).toInstant();
        }
      };

  Instant now(Connection connection) throws SQLException;
}
