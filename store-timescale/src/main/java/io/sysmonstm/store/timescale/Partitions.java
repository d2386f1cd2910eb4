package io.sysmonstm.store.timescale;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.TreeSet;

/**
 * The partitions of a table: each of some UTC days, aligned to 1970 and named by the first. To make
 * one waits for nobody but others that make one.
 *
 * @param table the partitioned table
 * @param days how many days a partition spans
 */
record Partitions(String table, int days) {
  private static final String NAMES =
      """
      SELECT right(child.relname, 8) FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
      WHERE inhparent = ?::regclass\
      """;

  /** Returns the days that partitions begin with. */
  TreeSet<LocalDate> begins(Connection connection) throws SQLException {
    var begins = new TreeSet<LocalDate>();
    try (var select = connection.prepareStatement(NAMES)) {
      select.setString(1, table);
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          begins.add(LocalDate.parse(rows.getString(1), DateTimeFormatter.BASIC_ISO_DATE));
        }
      }
    }
    return begins;
  }

  /**
   * Makes the partitions from one day to another, both included, that come after all there are:
   * what was dropped is not made again.
   *
   * @return how many were made
   */
  int makeAhead(Connection connection, LocalDate first, LocalDate last) throws SQLException {
    var begins = begins(connection);
    var begin = beginOf(first);
    if (!begins.isEmpty() && !begins.last().isBefore(begin)) {
      begin = begins.last().plusDays(days);
    }
    int made = 0;
    for (; !begin.isAfter(last); begin = begin.plusDays(days)) {
      make(connection, begin);
      made++;
    }
    return made;
  }

  /** Makes the partition that a day lies in, where there is none. */
  void make(Connection connection, LocalDate day) throws SQLException {
    var begin = beginOf(day);
    try (var statement = connection.createStatement()) {
      statement.execute("LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE".formatted(table));
      if (begins(connection).contains(begin)) {
        return;
      }
      var name = name(begin);
      statement.execute("CREATE TABLE %s (LIKE %s INCLUDING ALL)".formatted(name, table));
      statement.execute(
          "ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s)"
              .formatted(table, name, bound(begin), bound(begin.plusDays(days))));
    }
  }

  /** Returns the partitions that end at a time or before it. */
  TreeSet<LocalDate> ended(Connection connection, Instant time) throws SQLException {
    var ended = begins(connection);
    ended.removeIf(begin -> endOf(begin).isAfter(time));
    return ended;
  }

  void drop(Connection connection, LocalDate begin) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("DROP TABLE " + name(begin));
    }
  }

  /** Returns the end of the partition that begins with a day. */
  Instant endOf(LocalDate begin) {
    return begin.plusDays(days).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private LocalDate beginOf(LocalDate day) {
    return LocalDate.ofEpochDay(Math.floorDiv(day.toEpochDay(), days) * (long) days);
  }

  private String name(LocalDate begin) {
    return table + "_" + DateTimeFormatter.BASIC_ISO_DATE.format(begin);
  }

  private static String bound(LocalDate begin) {
    return "timestamptz '%s 00:00:00+00'".formatted(begin);
  }
}
