package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.spi.EventLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.UUID;

/**
 * What a spool leaves behind that was closed well: its numbering may be carried on. Used once: it
 * is gone, safely, before it counts, so that no number can ever name two batches.
 *
 * @param epoch the numbering
 * @param lastSeq the last number that was given out
 */
record CleanStop(UUID epoch, long lastSeq) {
  static final String NAME = "clean-stop";

  private static final int BYTES = 24;
  private static final EventLog LOG = EventLog.of(CleanStop.class);

  void write(FileStore files) throws IOException {
    var bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(epoch.getMostSignificantBits()).putLong(epoch.getLeastSignificantBits());
    CheckedFile.write(files, NAME, bytes.putLong(lastSeq).flip());
    files.sync();
  }

  /** Takes the mark away; empty where there is none, it is damaged, or it cannot be taken away. */
  static Optional<CleanStop> take(FileStore files) {
    try {
      if (!files.list().contains(NAME)) {
        return Optional.empty();
      }
      var found = CheckedFile.read(files, NAME, BYTES + 4).filter(b -> b.remaining() == BYTES);
      files.delete(NAME);
      files.sync();
      return found
          .map(b -> new CleanStop(new UUID(b.getLong(), b.getLong()), b.getLong()))
          .filter(stop -> stop.lastSeq >= 0);
    } catch (IOException e) {
      LOG.warn("spool_numbering_begins_anew", "The mark of the last stop is of no use.", e);
      return Optional.empty();
    }
  }
}
