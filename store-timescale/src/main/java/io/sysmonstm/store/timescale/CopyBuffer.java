package io.sysmonstm.store.timescale;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * Rows of samples in the binary form of COPY, encoded once into memory that is used again; any run
 * of them can be sent. Confined to one thread.
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
  private ByteBuffer rows = ByteBuffer.allocate(1024 * ROW_BYTES);

  /** Sets the table that rows are sent to. */
  void into(String value) {
    table = value;
  }

  CopyBuffer clear() {
    rows.clear();
    return this;
  }

  void add(long timeMillis, int series, double value) {
    if (rows.remaining() < ROW_BYTES) {
      rows = ByteBuffer.allocate(rows.capacity() * 2).put(rows.flip());
    }
    rows.putShort((short) 3)
        .putInt(Long.BYTES)
        .putLong((timeMillis - MILLIS_OF_2000) * 1000)
        .putInt(Integer.BYTES)
        .putInt(series)
        .putInt(Double.BYTES)
        .putDouble(value);
  }

  int size() {
    return rows.position() / ROW_BYTES;
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
