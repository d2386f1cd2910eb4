package io.sysmonstm.store.embedded;

import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Keeps in a file which machines there are, so that after a restart those that are down are down,
 * and not gone. Written now and then, and at the end; what cannot be written is tried again, and
 * costs no more than when a machine was last seen. Several processes may use the file: each writes
 * the machines that it hears of. Thread-safe.
 */
final class Roster implements AutoCloseable {
  static final Duration PERIOD = Duration.ofMinutes(1);

  private static final EventLog LOG = EventLog.of(Roster.class);

  private final Database database;
  private final TimeSource time;
  private final ExecutorService executor;
  private final Supplier<List<KnownMachine>> machines;
  private final AtomicBoolean underWay = new AtomicBoolean();
  private volatile long writtenNanos;
  // Guarded by this.
  private final Map<String, KnownMachine> written = new HashMap<>();
  private boolean closed;

  /**
   * Opens it.
   *
   * @param machines what is to be kept
   */
  Roster(Path file, ProviderContext context, Supplier<List<KnownMachine>> machines) {
    this.time = context.time();
    this.executor = context.executor();
    this.machines = machines;
    this.database = Database.shared(file, Schema.CURRENT, time);
    this.writtenNanos = time.nanoTime();
  }

  /** Returns the machines of before, so many at the most, none where they cannot be read. */
  synchronized List<KnownMachine> read(int most) {
    try {
      var known = database.read("read the machines", session -> MachineRows.newest(session, most));
      known.forEach(machine -> written.put(machine.id(), machine));
      return known;
    } catch (StoreUnavailableException e) {
      LOG.warn("machines_unread", "the machines of before the start are not known", e);
      return List.of();
    }
  }

  /** Has it written where that is due; does not wait for it. */
  void keep() {
    if (time.nanoTime() - writtenNanos < PERIOD.toNanos() || !underWay.compareAndSet(false, true)) {
      return;
    }
    try {
      executor.execute(
          () -> {
            try {
              write();
            } finally {
              underWay.set(false);
            }
          });
    } catch (RejectedExecutionException stopping) {
      underWay.set(false);
    }
  }

  /**
   * Forgets a machine that is not among those to be kept any more.
   *
   * @throws StoreUnavailableException where that cannot be written
   */
  synchronized void forget(String machineId) {
    database.write(
        "forget a machine",
        session -> {
          MachineRows.delete(session, machineId);
          return true;
        });
    written.remove(machineId);
  }

  private synchronized void write() {
    if (closed) {
      return;
    }
    writtenNanos = time.nanoTime();
    var now = new HashMap<String, KnownMachine>();
    machines.get().forEach(machine -> now.put(machine.id(), machine));
    var gone = written.keySet().stream().filter(id -> !now.containsKey(id)).toList();
    var changed = new ArrayList<KnownMachine>();
    now.forEach(
        (id, machine) -> {
          if (!machine.equals(written.get(id))) {
            changed.add(machine);
          }
        });
    if (changed.isEmpty() && gone.isEmpty()) {
      return;
    }
    try {
      database.write(
          "save the machines",
          session -> {
            for (var id : gone) {
              MachineRows.delete(session, id);
            }
            for (var machine : changed) {
              MachineRows.save(session, machine);
            }
            return true;
          });
      written.clear();
      written.putAll(now);
    } catch (StoreUnavailableException e) {
      LOG.warn("machines_unwritten", "which machines there are cannot be written", e);
    }
  }

  @Override
  public synchronized void close() {
    write();
    closed = true;
    database.close();
  }
}
