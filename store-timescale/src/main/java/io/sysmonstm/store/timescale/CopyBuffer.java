package io.sysmonstm.store.timescale;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import org.postgresql.PGConnection;

/**
 * Rows of samples in the binary form of COPY, encoded once into memory that is used again; any run
 * of them can be sent. They are sent series by series, since a server finds the place of a row in
 * its index faster right beside the one before. Confined to one thread.
 */
final class CopyBuffer {
  private static final byte[] HEADER =
      ByteBuffer.allocate(19)
          .put("PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1))
          .putInt(0)
          .putInt(0)
          .array();
  private static final byte[] TRAILER = {-1, -1};
  // The number of fields, and each field after its length.
  private static final int ROW_BYTES =
      Short.BYTES + 3 * Integer.BYTES + Long.BYTES + Integer.BYTES + Double.BYTES;
  private static final long MILLIS_OF_2000 = 946_684_800_000L;

  private String table = "samples";
  // In the order of arrival.
  private long[] times = new long[1024];
  private double[] values = new double[1024];
  // The series of a row above its place in the order of arrival.
  private long[] order = new long[1024];
  private int size;
  private int series;
  private ByteBuffer rows = ByteBuffer.allocate(1024 * ROW_BYTES);

  /** Sets the table that rows are sent to. */
  void into(String value) {
    table = value;
  }

  CopyBuffer clear() {
    size = 0;
    series = 0;
    rows.clear();
    return this;
  }

  /** Adds a row; the number of a series is positive. */
  void add(long timeMillis, int seriesId, double value) {
    if (size == order.length) {
      times = Arrays.copyOf(times, size * 2);
      values = Arrays.copyOf(values, size * 2);
      order = Arrays.copyOf(order, size * 2);
    }
    times[size] = timeMillis;
    values[size] = value;
    order[size] = (long) seriesId << 32 | size;
    size++;
  }

  /** Puts the rows into the order that they are sent in, once all were added. */
  CopyBuffer encode() {
    Arrays.sort(order, 0, size);
    rows.clear();
    if (rows.capacity() < size * ROW_BYTES) {
      rows = ByteBuffer.allocate(order.length * ROW_BYTES);
    }
    int before = 0;
    for (int row = 0; row < size; row++) {
      int id = (int) (order[row] >>> 32);
      if (id != before) {
        series++;
        before = id;
      }
      encode(times[added(row)], id, values[added(row)]);
    }
    return this;
  }

  private void encode(long timeMillis, int seriesId, double value) {
    rows.putShort((short) 3)
        .putInt(Long.BYTES)
        .putLong((timeMillis - MILLIS_OF_2000) * 1000)
        .putInt(Integer.BYTES)
        .putInt(seriesId)
        .putInt(Double.BYTES)
        .putDouble(value);
  }

  int size() {
    return size;
  }

  /** Returns how many series there are, after {@link #encode}. */
  int series() {
    return series;
  }

  /** Returns how many rows were added before the one that is sent at a place. */
  int added(int row) {
    return (int) order[row];
  }

  /** Sends the rows from one to before another. */
  void send(Connection connection, int from, int to) throws SQLException {
    if (from == to) {
      return;
    }
    var copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("COPY %s (time, series_id, value) FROM STDIN (FORMAT binary)".formatted(table));
    try {
      copy.writeToCopy(HEADER, 0, HEADER.length);
      copy.writeToCopy(rows.array(), from * ROW_BYTES, (to - from) * ROW_BYTES);
      copy.writeToCopy(TRAILER, 0, TRAILER.length);
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }
}
