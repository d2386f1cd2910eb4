package io.sysmonstm.store.timescale;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeqRanges;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * The sequence numbers that are committed of the machines and epochs of one append, locked for its
 * transaction. Two processes that begin the same epoch at once cannot see each other's numbers yet;
 * {@link #save} tells so.
 */
final class CommittedRanges {
  private record Key(int machine, UUID epoch) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byMachine = Integer.compare(machine, other.machine);
      return byMachine != 0 ? byMachine : epoch.compareTo(other.epoch);
    }
  }

  private record Progress(SeqRanges committed, SeqRanges added) {
    Progress() {
      this(new SeqRanges(), new SeqRanges());
    }
  }

  // All in one order, so that two processes wait for each other instead of for ever.
  private static final String LOCK =
      """
      SELECT machine, epoch, committed::text
      FROM committed_ranges JOIN unnest(?::int[], ?::uuid[]) AS wanted (machine, epoch)
        USING (machine, epoch)
      ORDER BY machine, epoch
      FOR UPDATE OF committed_ranges\
      """;
  private static final String SAVE =
      """
      INSERT INTO committed_ranges AS stored (machine, epoch, committed)
      SELECT machine, epoch, committed::int8multirange
      FROM unnest(?::int[], ?::uuid[], ?::text[]) AS added (machine, epoch, committed)
      ON CONFLICT (machine, epoch) DO UPDATE
      SET committed = stored.committed + excluded.committed, updated_at = now()
      WHERE NOT stored.committed && excluded.committed\
      """;
  private static final String OF_MACHINE =
      """
      SELECT epoch, committed::text FROM committed_ranges
      WHERE machine = (SELECT id FROM machines WHERE name = ?)\
      """;

  private final TreeMap<Key, Progress> progress = new TreeMap<>();

  private CommittedRanges() {}

  /** Reads and locks what is committed of the batches' machines and epochs. */
  static CommittedRanges lock(Connection connection, List<Batch> batches, SeriesIds ids)
      throws SQLException {
    var ranges = new CommittedRanges();
    for (var batch : batches) {
      ranges.progress.computeIfAbsent(
          new Key(ids.machine(batch.machineId()), batch.epoch()), first -> new Progress());
    }
    try (var select = connection.prepareStatement(LOCK)) {
      ranges.bindKeys(connection, select);
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          var key = new Key(rows.getInt(1), rows.getObject(2, UUID.class));
          var committed = Multirange.read(rows.getString(3));
          ranges.progress.put(key, new Progress(committed, new SeqRanges()));
        }
      }
    }
    return ranges;
  }

  /** Adds a batch; returns whether it was new. */
  boolean add(int machine, Batch batch) {
    var found = progress.get(new Key(machine, batch.epoch()));
    if (found == null || !found.committed.add(batch.seq())) {
      return false;
    }
    found.added.add(batch.seq());
    return true;
  }

  /** Stores what was added; returns whether none of it was stored by another process meanwhile. */
  boolean save(Connection connection) throws SQLException {
    progress.values().removeIf(each -> each.added.isEmpty());
    if (progress.isEmpty()) {
      return true;
    }
    try (var insert = connection.prepareStatement(SAVE)) {
      bindKeys(connection, insert);
      insert.setArray(
          3,
          connection.createArrayOf(
              "text",
              progress.values().stream().map(each -> Multirange.write(each.added)).toArray()));
      return insert.executeUpdate() == progress.size();
    }
  }

  /** Returns what is committed of a machine. */
  static Map<UUID, SeqRanges> of(Connection connection, String machineId) throws SQLException {
    var committed = new HashMap<UUID, SeqRanges>();
    try (var select = connection.prepareStatement(OF_MACHINE)) {
      select.setString(1, machineId);
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          committed.put(rows.getObject(1, UUID.class), Multirange.read(rows.getString(2)));
        }
      }
    }
    return committed;
  }

  private void bindKeys(Connection connection, PreparedStatement statement) throws SQLException {
    statement.setArray(1, connection.createArrayOf("int4", column(Key::machine)));
    statement.setArray(2, connection.createArrayOf("uuid", column(Key::epoch)));
  }

  private Object[] column(Function<Key, Object> of) {
    return progress.keySet().stream().map(of).toArray();
  }
}
