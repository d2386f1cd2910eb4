package io.sysmonstm.store.embedded;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a failure of SQLite means, and what helps. */
final class SqliteFailure {
  private static final int PRIMARY = 0xFF;

  private SqliteFailure() {}

  /**
   * Returns whether the connection can be used on: somebody else held the file, or the disk was
   * full.
   */
  static boolean isPassing(Exception failure) {
    return is(failure, SQLiteErrorCode.SQLITE_BUSY)
        || is(failure, SQLiteErrorCode.SQLITE_LOCKED)
        || is(failure, SQLiteErrorCode.SQLITE_FULL);
  }

  /** Returns whether the file itself is not sound. */
  static boolean isDamage(Exception failure) {
    return is(failure, SQLiteErrorCode.SQLITE_CORRUPT)
        || is(failure, SQLiteErrorCode.SQLITE_NOTADB);
  }

  /** Throws damage where the answer of a check is another than that all is well. */
  static void throwUnlessSound(String answer) throws SQLException {
    if (!answer.equals("ok")) {
      throw new SQLiteException(answer, SQLiteErrorCode.SQLITE_CORRUPT);
    }
  }

  /** Returns what went wrong, for people: without path and SQL. */
  static String explain(Exception failure) {
    if (is(failure, SQLiteErrorCode.SQLITE_FULL)) {
      return "the disk is full; make room, and it goes on by itself";
    }
    if (is(failure, SQLiteErrorCode.SQLITE_BUSY) || is(failure, SQLiteErrorCode.SQLITE_LOCKED)) {
      return "another program holds the file; it goes on when that is done";
    }
    if (is(failure, SQLiteErrorCode.SQLITE_READONLY) || is(failure, SQLiteErrorCode.SQLITE_PERM)) {
      return "the file cannot be written; check the rights of the data directory";
    }
    if (is(failure, SQLiteErrorCode.SQLITE_CANTOPEN)) {
      return "the file does not open; check the data directory and its rights";
    }
    if (isDamage(failure)) {
      return "the file is damaged";
    }
    return switch (failure) {
      case SQLiteException known -> "SQLite says " + known.getResultCode().name();
      case SQLException ours -> String.valueOf(ours.getMessage());
      default -> failure.getClass().getSimpleName();
    };
  }

  private static boolean is(Exception failure, SQLiteErrorCode code) {
    return failure instanceof SQLiteException known
        && (known.getResultCode().code & PRIMARY) == code.code;
  }
}
