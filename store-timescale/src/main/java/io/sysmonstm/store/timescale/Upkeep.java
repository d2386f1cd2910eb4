package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.EventLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a process that appends does beside it: arranges for how long history is kept, and lets the
 * flavour do its work from time to time. One process at a time. Thread-safe.
 */
final class Upkeep implements AutoCloseable {
  private static final EventLog LOG = EventLog.of(TimescaleHistoryStore.class);
  private static final long LOCK = 0x7379_736d_7570L;
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
  private static final Duration KEEP_RANGES_AT_LEAST = Duration.ofDays(2);
  private static final String FORGET_RANGES =
      "DELETE FROM committed_ranges WHERE updated_at < now() - ?::interval";

  private final Database database;
  private final Supplier<Flavour> flavour;
  private final Retention retention;
  private final Executor executor;
  private final AtomicBoolean started = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean arranged;
  private volatile @Nullable String problem;

  Upkeep(Database database, Supplier<Flavour> flavour, Retention retention, Executor executor) {
    this.database = database;
    this.flavour = flavour;
    this.retention = retention;
    this.executor = executor;
  }

  /** Begins, where it has not begun yet: at the first append. */
  void start() {
    if (started.compareAndSet(false, true)) {
      executor.execute(this::run);
    }
  }

  /** Returns what does not go on by itself. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** Does now what is done from time to time; returns whether it was this process's turn. */
  boolean now() throws SQLException {
    return database.tend(
        connection -> {
          if (!lock(connection)) {
            return false;
          }
          if (!arranged) {
            flavour.get().keep(connection, retention);
          }
          forgetRanges(connection);
          problem = flavour.get().tend(connection, retention).orElse(null);
          return true;
        });
  }

  @Override
  public void close() {
    closed.countDown();
  }

  private void run() {
    var wait = Duration.ZERO;
    try {
      while (!closed.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
        wait = turn();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration turn() {
    try {
      boolean ours = now();
      arranged |= ours;
      return flavour.get().tendEvery();
    } catch (SQLException | RuntimeException e) {
      if (database.health().isOk()) {
        LOG.warn("history_upkeep_failed", "the upkeep of history failed; it is tried again", e);
      }
      return AFTER_FAILURE;
    }
  }

  private static boolean lock(Connection connection) throws SQLException {
    try (var select = connection.prepareStatement("SELECT pg_try_advisory_xact_lock(?)")) {
      select.setLong(1, LOCK);
      try (var row = select.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  private void forgetRanges(Connection connection) throws SQLException {
    var keep =
        retention.raw().compareTo(KEEP_RANGES_AT_LEAST) < 0
            ? KEEP_RANGES_AT_LEAST
            : retention.raw();
    try (var delete = connection.prepareStatement(FORGET_RANGES)) {
      delete.setString(1, keep.toSeconds() + " seconds");
      delete.executeUpdate();
    }
  }
}
