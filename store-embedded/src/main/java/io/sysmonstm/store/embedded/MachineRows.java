package io.sysmonstm.store.embedded;

import java.sql.SQLException;
import java.time.Duration;
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

  /** Returns those that were seen last, so many at the most. */
  static List<KnownMachine> newest(Session session, int most) throws SQLException {
    var query =
        session.prepare(
            """
            SELECT id, resource, interval, last_seen FROM machine
            ORDER BY last_seen DESC LIMIT ?\
            """);
    query.setInt(1, most);
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
