package io.sysmonstm.store.embedded;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.EventLog;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A few connections that read; who finds all of them taken waits. Thread-safe. */
final class SessionPool implements AutoCloseable {
  private static final EventLog LOG = EventLog.of(SessionPool.class);
  private static final int SIZE = 4;
  private static final long WAIT_SECONDS = 10;

  private final Path file;
  private final Semaphore free = new Semaphore(SIZE, true);
  // Both guarded by idle; a session taken in an earlier generation is not put back.
  private final Deque<Session> idle = new ArrayDeque<>();
  private int generation;
  private volatile boolean open;

  SessionPool(Path file) {
    this.file = file;
  }

  boolean isOpen() {
    return open;
  }

  void open() {
    open = true;
  }

  <T> T use(Database.Work<T> work) throws SQLException {
    acquire();
    try {
      int mine = generation();
      var session = take();
      boolean sound = false;
      try {
        session.execute("BEGIN");
        try {
          return work.run(session);
        } finally {
          session.execute("COMMIT");
          sound = true;
        }
      } finally {
        if (!sound || !putBack(session, mine)) {
          closeQuietly(session);
        }
      }
    } finally {
      free.release();
    }
  }

  /** Closes all connections, those in use as soon as they are given back. */
  @Override
  public void close() {
    synchronized (idle) {
      open = false;
      generation++;
      idle.forEach(SessionPool::closeQuietly);
      idle.clear();
    }
  }

  private static void closeQuietly(Session session) {
    try {
      session.close();
    } catch (SQLException e) {
      LOG.warn("database_reader_not_closed", "a reading connection does not close", e);
    }
  }

  private void acquire() {
    try {
      if (!free.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new RequestException(
            ErrorCode.RESOURCE_EXHAUSTED,
            "%d queries run already: expected room within %d s; try again later"
                .formatted(SIZE, WAIT_SECONDS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestException(ErrorCode.UNAVAILABLE, "interrupted while waiting to read", e);
    }
  }

  private int generation() {
    synchronized (idle) {
      return generation;
    }
  }

  private Session take() throws SQLException {
    synchronized (idle) {
      @Nullable Session session = idle.poll();
      if (session != null) {
        return session;
      }
    }
    return Pragmas.reader(file);
  }

  private boolean putBack(Session session, int taken) {
    synchronized (idle) {
      if (taken != generation) {
        return false;
      }
      idle.push(session);
      return true;
    }
  }
}
