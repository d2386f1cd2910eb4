package io.sysmonstm.store.embedded;

import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What machines are called in the database, and which of their batches it has. Guarded by the
 * writer's lock.
 */
final class Machines {
  /** A machine as the database knows it. */
  record Known(int id, Map<UUID, SeqRanges> committed) {}

  private final Map<String, Known> byName = new HashMap<>();

  /** Returns a machine, which is added where the database does not have it yet. */
  Known of(Session session, String name) throws SQLException {
    var known = byName.get(name);
    if (known == null) {
      int id = find(session, name);
      known = new Known(id == 0 ? add(session, name) : id, new HashMap<>());
      known.committed.putAll(committed(session, name));
      byName.put(name, known);
    }
    return known;
  }

  /** Forgets all, after a transaction that may have added some was undone. */
  void forget() {
    byName.clear();
  }

  /** Writes the ranges of an epoch as they are now. */
  void save(Session session, Known machine, UUID epoch, long nowMillis) throws SQLException {
    var delete = session.prepare("DELETE FROM committed WHERE machine = ? AND epoch = ?");
    delete.setInt(1, machine.id);
    delete.setString(2, epoch.toString());
    delete.executeUpdate();
    var insert = session.prepare("INSERT INTO committed VALUES (?, ?, ?, ?, ?)");
    for (var range : machine.committed.getOrDefault(epoch, new SeqRanges()).ranges()) {
      insert.setInt(1, machine.id);
      insert.setString(2, epoch.toString());
      insert.setLong(3, range.first());
      insert.setLong(4, range.last());
      insert.setLong(5, nowMillis);
      insert.executeUpdate();
    }
  }

  /** Reads what is committed of a machine. */
  static Map<UUID, SeqRanges> committed(Session session, String name) throws SQLException {
    var query =
        session.prepare(
            """
            SELECT epoch, first, last FROM committed JOIN machine ON machine.id = committed.machine
            WHERE machine.name = ?\
            """);
    query.setString(1, name);
    var byEpoch = new HashMap<UUID, SeqRanges>();
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        var range = new SeqRange(rows.getLong(2), rows.getLong(3));
        byEpoch
            .computeIfAbsent(UUID.fromString(rows.getString(1)), epoch -> new SeqRanges())
            .add(range.first(), range.last());
      }
    }
    return byEpoch;
  }

  private static int find(Session session, String name) throws SQLException {
    var find = session.prepare("SELECT id FROM machine WHERE name = ?");
    find.setString(1, name);
    return (int) Session.numberOr(0, find);
  }

  private static int add(Session session, String name) throws SQLException {
    var add = session.prepare("INSERT INTO machine (name) VALUES (?) RETURNING id");
    add.setString(1, name);
    return (int) Session.numberOr(0, add);
  }
}
