package io.sysmonstm.store.timescale;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes batches, each once. Confined to one thread at a time. */
final class HistoryAppender {
  /** Another process has committed some of the same batches since they were looked up. */
  private static final class OverlapException extends RuntimeException {
    @java.io.Serial private static final long serialVersionUID = 1L;

    OverlapException() {
      super("committed by another process meanwhile", null, false, false);
    }
  }

  private static final EventLog LOG = EventLog.of(TimescaleHistoryStore.class);
  private static final int ATTEMPTS = 3;
  // The end of the year 9999; charts and clients go no further.
  private static final long MAX_MILLIS = 253_402_300_799_999L;

  private final Database database;
  private final Supplier<Flavour> flavour;
  private final Retention retention;
  private final TimeSource time;
  private final AppendCounters counters;
  private final SeriesIds ids;
  private final CopyBuffer rows = new CopyBuffer();
  private final AppendedMinutes kept = new AppendedMinutes();
  // The series of each row as they were added, to name one that is refused.
  private @Nullable Series[] rowSeries = new @Nullable Series[1024];
  private boolean careful;
  private int refused;
  private int duplicates;
  private int outOfRange;

  HistoryAppender(
      Database database, Supplier<Flavour> flavour, Retention retention, ProviderContext context) {
    this.database = database;
    this.flavour = flavour;
    this.retention = retention;
    this.time = context.time();
    this.counters = new AppendCounters(context);
    this.ids = new SeriesIds(database);
  }

  void append(List<Batch> batches) {
    if (batches.isEmpty()) {
      return;
    }
    long begin = counters.begin();
    ids.learn(batches);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        if (database.write("append", connection -> append(connection, batches))) {
          counters.written(begin, rows.size() - refused, refused, duplicates, outOfRange);
          careful = false;
          return;
        }
        // A value was refused: once more, with a way back from each step.
        careful = true;
      } catch (OverlapException again) {
        counters.retried();
      } catch (RuntimeException e) {
        // Whatever it was, the next attempt goes the plain way, which needs nothing that may fail.
        careful = true;
        throw e;
      }
    }
    throw new StoreUnavailableException(
        "database: could not append: another process writes the same batches; try again", null);
  }

  /** Returns false where the server refused a value and nothing was written. */
  private boolean append(Connection connection, List<Batch> batches) throws SQLException {
    var committed = CommittedRanges.lock(connection, batches, ids);
    encode(batches, committed);
    if (rows.size() > 0 && !write(connection)) {
      return false;
    }
    if (!committed.save(connection)) {
      throw new OverlapException();
    }
    // Last, so that whoever holds a lock of the flavour waits for no committed range.
    if (rows.size() > 0) {
      flavour.get().appended(connection, kept);
    }
    return true;
  }

  private boolean write(Connection connection) throws SQLException {
    rows.into(flavour.get().prepare(connection, retention, kept));
    if (careful) {
      sendCarefully(connection, 0, rows.size());
      return true;
    }
    var oldest = Instant.ofEpochSecond(kept.oldest() * 60);
    var age = Duration.between(oldest, time.instant());
    flavour.get().choose(connection, retention, rows, age);
    return send(connection);
  }

  private void encode(List<Batch> batches, CommittedRanges committed) {
    rows.clear();
    kept.clear();
    refused = 0;
    duplicates = 0;
    outOfRange = 0;
    for (var batch : batches) {
      if (!committed.add(ids.machine(batch.machineId()), batch)) {
        duplicates++;
      } else if (batch.observedAtMillis() < 0 || batch.observedAtMillis() > MAX_MILLIS) {
        outOfRange++;
      } else {
        add(batch);
      }
    }
    rows.encode();
  }

  private void add(Batch batch) {
    int before = rows.size();
    for (int i = 0; i < batch.size(); i++) {
      if (!SeriesIds.isKept(batch, i)) {
        continue;
      }
      int id = ids.of(batch.series(i));
      if (id == SeriesIds.REFUSED) {
        counters.refusedSeries();
        continue;
      }
      int row = rows.size();
      if (row == rowSeries.length) {
        rowSeries = Arrays.copyOf(rowSeries, row * 2);
      }
      rowSeries[row] = batch.series(i);
      rows.add(batch.observedAtMillis(), id, batch.value(i));
    }
    if (rows.size() > before) {
      kept.add(ids.machine(batch.machineId()), batch.observedAtMillis() / 60_000);
    }
  }

  private boolean send(Connection connection) throws SQLException {
    try {
      rows.send(connection, 0, rows.size());
      return true;
    } catch (SQLException e) {
      if (SqlFailure.of(e) != SqlFailure.ROW) {
        throw e;
      }
      connection.rollback();
      return false;
    }
  }

  // Halves what is refused, down to the one row, which is left out.
  private void sendCarefully(Connection connection, int from, int to) throws SQLException {
    var before = connection.setSavepoint();
    try {
      rows.send(connection, from, to);
      connection.releaseSavepoint(before);
      return;
    } catch (SQLException e) {
      if (SqlFailure.of(e) != SqlFailure.ROW) {
        throw e;
      }
      connection.rollback(before);
      connection.releaseSavepoint(before);
      if (to - from == 1) {
        refuse(from, e);
        return;
      }
    }
    int middle = (from + to) >>> 1;
    sendCarefully(connection, from, middle);
    sendCarefully(connection, middle, to);
  }

  private void refuse(int row, SQLException why) {
    refused++;
    LOG.warn(
        "sample_refused_by_history",
        "history does not take a sample; it is left out",
        why,
        "series",
        String.valueOf(rowSeries[rows.added(row)]));
  }
}
