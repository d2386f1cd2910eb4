package io.sysmonstm.store.embedded;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The table of machines that were ever heard of. */
final class MachineRows {
  private static final String UPSERT =
      """
      INSERT INTO machine VALUES (?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET
        resource = excluded.resource, interval = excluded.interval, last_seen = excluded.last_seen\
      """;

  private MachineRows() {}

  static void save(Session session, KnownMachine machine) throws SQLException {
    var upsert = session.prepare(UPSERT);
    upsert.setString(1, machine.id());
    upsert.setString(2, ResourceText.write(machine.resource()));
    upsert.setLong(3, machine.interval().toNanos());
    upsert.setLong(4, UnixNanos.of(machine.lastSeen()));
    upsert.executeUpdate();
  }

  static void delete(Session session, String id) throws SQLException {
    var delete = session.prepare("DELETE FROM machine WHERE id = ?");
    delete.setString(1, id);
    delete.executeUpdate();
  }

  static void deleteBefore(Session session, Instant seen) throws SQLException {
    var delete = session.prepare("DELETE FROM machine WHERE last_seen < ?");
    delete.setLong(1, UnixNanos.of(seen));
    delete.executeUpdate();
  }

  /** Returns those that were seen at a time or later, the last ones, so many at the most. */
  static List<KnownMachine> since(Session session, Instant seen, int most) throws SQLException {
    var query =
        session.prepare(
            """
            SELECT id, resource, interval, last_seen FROM machine WHERE last_seen >= ?
            ORDER BY last_seen DESC LIMIT ?\
            """);
    query.setLong(1, UnixNanos.of(seen));
    query.setInt(2, most);
    var machines = new ArrayList<KnownMachine>();
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        machines.add(
            new KnownMachine(
                rows.getString(1),
                ResourceText.read(rows.getString(2)),
                Duration.ofNanos(rows.getLong(3)),
                UnixNanos.instant(rows.getLong(4))));
      }
    }
    return machines;
  }
}
