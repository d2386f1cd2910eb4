package io.sysmonstm.store.embedded;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One SQLite file: one connection writes, a few read, and neither waits for the other (write-ahead
 * log). What cannot be opened or written is tried anew at the next call. A file is used by one
 * process, and moved aside where it is damaged, or it is shared with other processes, and then left
 * as it is, whatever is the matter with it. Thread-safe.
 */
final class Database implements AutoCloseable {
  /** Work in a transaction. */
  interface Work<T> {
    T run(Session session) throws SQLException;
  }

  private static final EventLog LOG = EventLog.of(Database.class);
  private static final Work<Boolean> NOTHING = session -> true;
  private static final long LOCK_SECONDS = 5;
  private static final String LEFT_AS_IT_IS =
      "; it is left as it is, since other processes use it too: restore a copy of it, or move it away";
  // A thorough look at a greater file would delay the start too long.
  private static final long CHECK_UP_TO_BYTES = 256L << 20;

  private final DatabaseFile file;
  private final Schema schema;
  private final boolean shared;
  private final SessionPool readers;
  // Fair, so that upkeep and appends take turns.
  private final ReentrantLock writing = new ReentrantLock(true);
  // All guarded by writing.
  private @Nullable Session writer;
  private boolean closed;
  private boolean started;
  private final AtomicInteger generation = new AtomicInteger();
  private volatile Health health = Health.ok();

  /**
   * Opens a file, or makes it. Where that is not possible now, it is tried again at the first use.
   *
   * @throws io.sysmonstm.api.ConfigException where another process uses it
   */
  Database(Path path, Schema schema, TimeSource time) {
    this(path, schema, time, false);
  }

  private Database(Path path, Schema schema, TimeSource time, boolean shared) {
    this.file = new DatabaseFile(path, time);
    this.schema = schema;
    this.shared = shared;
    this.readers = new SessionPool(path);
    try {
      tend("open", NOTHING);
    } catch (StoreUnavailableException e) {
      LOG.warn(
          "database_not_open",
          "a database does not open; it is tried again",
          e,
          "file",
          file.name());
    }
    started = true;
  }

  /** Opens a file that other processes use at the same time, or makes it. */
  static Database shared(Path path, Schema schema, TimeSource time) {
    return new Database(path, schema, time, true);
  }

  /** Runs work that changes something, in one transaction that is durable when this returns. */
  <T> T write(String what, Work<T> work) {
    return locked(
        what,
        session -> {
          session.execute("BEGIN IMMEDIATE");
          try {
            T result = work.run(session);
            session.execute("COMMIT");
            return result;
          } catch (SQLException | RuntimeException e) {
            rollBack(session);
            throw e;
          }
        });
  }

  /** Runs work on the writing connection that is no transaction. */
  <T> T tend(String what, Work<T> work) {
    return locked(what, work);
  }

  /** Runs work that only reads, on one unchanging state. */
  <T> T read(String what, Work<T> work) {
    ensureOpen(what);
    try {
      return readers.use(work);
    } catch (SQLException e) {
      throw failed(what, e);
    }
  }

  /** Returns a number that changes when the file was opened anew, perhaps an empty one. */
  int generation() {
    return generation.get();
  }

  Health health() {
    return health;
  }

  @Override
  public void close() {
    writing.lock();
    try {
      closed = true;
      readers.close();
      closeWriter();
      file.close();
    } finally {
      writing.unlock();
    }
  }

  private <T> T locked(String what, Work<T> work) {
    lock(what);
    try {
      T result = work.run(writer());
      health = Health.ok();
      return result;
    } catch (SQLException | IOException e) {
      var failure = failed(what, e);
      health = Health.failing(String.valueOf(failure.getMessage()));
      if (!SqliteFailure.isPassing(e)) {
        abandon(e);
      }
      throw failure;
    } finally {
      writing.unlock();
    }
  }

  private void lock(String what) {
    try {
      if (!writing.tryLock(LOCK_SECONDS, TimeUnit.SECONDS)) {
        throw new StoreUnavailableException(
            "%s: could not %s within %d s, other work goes on; try again"
                .formatted(file.name(), what, LOCK_SECONDS),
            null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException(
          "%s: interrupted before it could %s".formatted(file.name(), what), e);
    }
  }

  private void ensureOpen(String what) {
    if (!readers.isOpen()) {
      locked(what, NOTHING);
    }
  }

  private Session writer() throws SQLException, IOException {
    if (closed) {
      throw new SQLException("closed");
    }
    if (writer == null) {
      claim();
      writer = open();
      generation.incrementAndGet();
      readers.open();
    }
    return writer;
  }

  private void claim() throws SQLException, IOException {
    if (shared) {
      file.createPrivate();
      return;
    }
    try {
      file.claim();
    } catch (ConfigException taken) {
      if (!started) {
        throw taken;
      }
      throw new SQLException(taken.getMessage(), taken);
    }
  }

  private Session open() throws SQLException, IOException {
    try {
      return checked(Pragmas.writer(file.path()));
    } catch (SQLException e) {
      if (shared || !SqliteFailure.isDamage(e)) {
        throw e;
      }
      file.moveAside("damaged");
      return checked(Pragmas.writer(file.path()));
    }
  }

  private Session checked(Session session) throws SQLException, IOException {
    try {
      if (Files.size(file.path()) <= CHECK_UP_TO_BYTES) {
        SqliteFailure.throwUnlessSound(session.ask("PRAGMA quick_check(1)"));
      }
      if (schema.migrate(session)) {
        return session;
      }
    } catch (SQLException | IOException | RuntimeException e) {
      rollBack(session);
      session.close();
      throw e;
    }
    session.close();
    if (shared) {
      throw new SQLException("a later version of sysmonstm made the file: expected this one's");
    }
    file.moveAside("newer-version");
    return checked(Pragmas.writer(file.path()));
  }

  /** Lets go of connections that may be broken; the next call opens new ones. */
  private void abandon(Exception why) {
    readers.close();
    closeWriter();
    if (!shared && SqliteFailure.isDamage(why)) {
      try {
        file.moveAside("damaged");
      } catch (IOException e) {
        LOG.error(
            "database_not_moved",
            "a damaged database cannot be moved aside",
            e,
            "file",
            file.name());
      }
    }
  }

  private void closeWriter() {
    if (writer != null) {
      try {
        writer.close();
      } catch (SQLException e) {
        LOG.warn("database_not_closed", "a database does not close", e, "file", file.name());
      }
      writer = null;
    }
  }

  private static void rollBack(Session session) {
    try {
      session.forgetStatements();
      session.execute("ROLLBACK");
    } catch (SQLException alreadyRolledBack) {
      // SQLite has done it by itself, as it does when the disk is full.
    }
  }

  private StoreUnavailableException failed(String what, Exception cause) {
    var hint = shared && SqliteFailure.isDamage(cause) ? LEFT_AS_IT_IS : "";
    return new StoreUnavailableException(
        "%s: could not %s: %s%s".formatted(file.name(), what, SqliteFailure.explain(cause), hint),
        cause);
  }
}
