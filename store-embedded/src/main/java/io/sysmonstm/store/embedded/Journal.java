package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.MetricKind;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.Arrays;

/** The table of batches as they came: for each sample the id of its series and its value. */
final class Journal {
  /** Takes samples. */
  interface Visitor {
    void sample(int series, long timeMillis, double value) throws SQLException;
  }

  private static final int SAMPLE_BYTES = Integer.BYTES + Double.BYTES;

  private Journal() {}

  /** Writes the samples of a batch that history keeps; returns how many these are. */
  static int append(Session session, Batch batch, int machine, SeriesIds ids) throws SQLException {
    var samples = ByteBuffer.allocate(batch.size() * SAMPLE_BYTES);
    for (int i = 0; i < batch.size(); i++) {
      var series = batch.series(i);
      if (series.metric().kind() == MetricKind.GAUGE && Double.isFinite(batch.value(i))) {
        samples.putInt(ids.of(session, series, machine)).putDouble(batch.value(i));
      }
    }
    if (samples.position() > 0) {
      var insert = session.prepare("INSERT INTO journal (machine, time, samples) VALUES (?, ?, ?)");
      insert.setInt(1, machine);
      insert.setLong(2, batch.observedAtMillis());
      insert.setBytes(3, Arrays.copyOf(samples.array(), samples.position()));
      insert.executeUpdate();
    }
    return samples.position() / SAMPLE_BYTES;
  }

  /**
   * Hands over the samples of some series of a machine, in order of time and, of the same time, of
   * arrival.
   */
  static void read(Session session, int machine, Span span, int[] sortedSeries, Visitor visitor)
      throws SQLException {
    var query =
        session.prepare(
            "SELECT time, samples FROM journal WHERE machine = ? AND time >= ? AND time < ? ORDER BY time, id");
    query.setInt(1, machine);
    query.setLong(2, span.fromMillis());
    query.setLong(3, span.toMillis());
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        long time = rows.getLong(1);
        visit(
            rows.getBytes(2),
            (series, value) -> {
              if (Arrays.binarySearch(sortedSeries, series) >= 0) {
                visitor.sample(series, time, value);
              }
            });
      }
    }
  }

  /**
   * Hands over all samples of the oldest batches of a machine, in order of arrival.
   *
   * @return the id of the last of these batches, 0 where there is none
   */
  static long readOldest(Session session, int machine, int mostSamples, Visitor visitor)
      throws SQLException {
    var query =
        session.prepare(
            """
            SELECT id, time, samples FROM journal
            WHERE id IN (SELECT id FROM journal WHERE machine = ? ORDER BY id LIMIT 720) ORDER BY id\
            """);
    query.setInt(1, machine);
    long last = 0;
    int left = mostSamples;
    try (var rows = query.executeQuery()) {
      while (left > 0 && rows.next()) {
        last = rows.getLong(1);
        long time = rows.getLong(2);
        var samples = rows.getBytes(3);
        visit(samples, (series, value) -> visitor.sample(series, time, value));
        left -= samples.length / SAMPLE_BYTES;
      }
    }
    return last;
  }

  /** Deletes the batches of a machine up to an id; returns how many these were. */
  static int delete(Session session, int machine, long lastId) throws SQLException {
    var delete = session.prepare("DELETE FROM journal WHERE machine = ? AND id <= ?");
    delete.setInt(1, machine);
    delete.setLong(2, lastId);
    return delete.executeUpdate();
  }

  private interface ValueVisitor {
    void value(int series, double value) throws SQLException;
  }

  private static void visit(byte[] samples, ValueVisitor visitor) throws SQLException {
    var buffer = ByteBuffer.wrap(samples);
    while (buffer.remaining() >= SAMPLE_BYTES) {
      visitor.value(buffer.getInt(), buffer.getDouble());
    }
  }
}
