package io.sysmonstm.store.timescale;

import com.zaxxer.hikari.HikariDataSource;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.ProviderContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One database on a server, which may be away at any time. Readers and writers have connections of
 * their own, so that neither waits for the other. A watch sees to it that there is a connection and
 * that the schema is there: once a second while something is wrong, and with a small question each
 * few seconds while nobody else asks. As long as the server is away, every call fails at once
 * instead of waiting. Thread-safe.
 */
final class Database implements AutoCloseable {
  private static final EventLog LOG = EventLog.of(Database.class);
  private static final Duration RETRY_EVERY = Duration.ofSeconds(1);
  private static final Duration IDLE_BEFORE_PING = Duration.ofSeconds(5);
  private static final Duration START_PATIENCE = Duration.ofSeconds(5);
  private static final int READERS = 6;
  private static final int WRITERS = 2;

  private final Work<?> setup;
  private final DataSource source;
  private final HikariDataSource readers;
  private final HikariDataSource writers;
  private final CountDownLatch tried = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger generation = new AtomicInteger();
  // Why no connection can be had; at first because nobody has tried.
  private volatile @Nullable String linkProblem = "not connected yet";
  private volatile @Nullable String writeProblem;
  private volatile boolean setUp;
  private volatile boolean suspect;
  private volatile long answeredNanos = System.nanoTime();

  /**
   * Connects in the background; waits a moment, so that a server that is there can be used at once.
   *
   * @param setup what is done on a connection before anything else; repeated until it succeeds
   */
  Database(Server server, String name, Work<?> setup, ProviderContext context) {
    this.setup = setup;
    this.source = server.dataSource("sysmonstm-" + name);
    this.readers = Pools.open(server, name + "-read", READERS, true);
    this.writers = Pools.open(server, name + "-write", WRITERS, false);
    gauge(context, name, "read", readers);
    gauge(context, name, "write", writers);
    context.executor().execute(this::watch);
    try {
      boolean inTime = tried.await(START_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (!inTime) {
        LOG.warn("database_slow", "the database does not answer; the start goes on", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs work in a transaction, which is durable when this returns. */
  <T> T write(String what, Work<T> work) {
    try {
      var result = inTransaction(writers, work);
      writeProblem = null;
      return result;
    } catch (SQLException e) {
      var failure = failed(what, e);
      if (SqlFailure.of(e) != SqlFailure.LINK) {
        writeProblem = failure.getMessage();
      }
      throw failure;
    }
  }

  /**
   * Writes what a person or machine asks for: what the server refuses for its content is no outage,
   * and is not tried for ever.
   */
  <T> T change(String what, Work<T> work) {
    try {
      return write(what, work);
    } catch (StoreUnavailableException e) {
      if (e.getCause() instanceof SQLException cause && SqlFailure.of(cause) == SqlFailure.ROW) {
        throw new RequestException(
            ErrorCode.INTERNAL,
            "could not %s: %s".formatted(what, SqlFailure.explain(cause)),
            cause);
      }
      throw e;
    }
  }

  /** Runs work that only reads, on one unchanging state. */
  <T> T read(String what, Work<T> work) {
    try {
      return inTransaction(readers, work);
    } catch (SQLException e) {
      throw failed(what, e);
    }
  }

  /**
   * Runs work in a transaction that nobody waits for: its failure says nothing about the health.
   */
  <T> T tend(Work<T> work) throws SQLException {
    return inTransaction(writers, work);
  }

  /**
   * Returns a number that changes with each new connection after the server was away: perhaps it
   * came back with other data.
   */
  int generation() {
    return generation.get();
  }

  Health health() {
    return Optional.ofNullable(linkProblem)
        .map(problem -> Health.failing("database: " + problem))
        .or(() -> Optional.ofNullable(writeProblem).map(Health::failing))
        .orElse(Health.ok());
  }

  @Override
  public void close() {
    closed.countDown();
    linkProblem = "closed";
    readers.close();
    writers.close();
  }

  private <T> T inTransaction(HikariDataSource pool, Work<T> work) throws SQLException {
    var problem = linkProblem;
    if (problem != null) {
      throw new SQLException(problem, "08001");
    }
    try (var connection = connection(pool)) {
      return inTransaction(connection, work);
    }
  }

  // The server is away when no connection can be had. That one broke may be its end alone, but is
  // a reason to look.
  private Connection connection(HikariDataSource pool) throws SQLException {
    try {
      return pool.getConnection();
    } catch (SQLException e) {
      away(e);
      throw e;
    }
  }

  private <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
    try {
      var result = work.run(connection);
      connection.commit();
      answeredNanos = System.nanoTime();
      return result;
    } catch (SQLException | RuntimeException e) {
      rollBack(connection, e);
      throw e;
    }
  }

  private static void rollBack(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException broken) {
      cause.addSuppressed(broken);
    }
  }

  private StoreUnavailableException failed(String what, SQLException cause) {
    if (SqlFailure.of(cause) == SqlFailure.LINK) {
      suspect = true;
    }
    var away = linkProblem;
    var explained = away == null ? SqlFailure.explain(cause) : away;
    return new StoreUnavailableException(
        "database: could not %s: %s; try again".formatted(what, explained), cause);
  }

  private void watch() {
    try {
      do {
        look();
        tried.countDown();
      } while (!closed.await(RETRY_EVERY.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    boolean idle = System.nanoTime() - answeredNanos > IDLE_BEFORE_PING.toNanos();
    if (linkProblem == null && !idle && !suspect) {
      return;
    }
    suspect = false;
    try {
      if (linkProblem == null) {
        inTransaction(readers, Database::ping);
      } else {
        connect();
      }
    } catch (SQLException e) {
      away(e);
    } catch (RuntimeException e) {
      linkProblem = String.valueOf(e.getMessage());
      LOG.error("database_not_set_up", "the database cannot be set up; it is tried again", e);
    }
  }

  private void away(SQLException why) {
    linkProblem = SqlFailure.explain(why);
    LOG.warn("database_away", "the database cannot be used; it is tried again", why);
  }

  // Not by the pools, which wait longer and longer between their attempts.
  private void connect() throws SQLException {
    try (var connection = source.getConnection()) {
      connection.setAutoCommit(false);
      if (setUp) {
        inTransaction(connection, Database::ping);
      } else {
        inTransaction(connection, setup);
      }
    }
    setUp = true;
    generation.incrementAndGet();
    if (closed.getCount() > 0) {
      linkProblem = null;
      LOG.info("database_connected", "connected to the database");
    }
  }

  private static boolean ping(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      return statement.execute("SELECT 1");
    }
  }

  private static void gauge(
      ProviderContext context, String name, String kind, HikariDataSource pool) {
    context
        .metrics()
        .gauge(
            "database_connections_in_use",
            "Connections to the database that are in use.",
            Labels.of(Map.of("store", name, "kind", kind)),
            () -> pool.getHikariPoolMXBean().getActiveConnections());
  }
}
