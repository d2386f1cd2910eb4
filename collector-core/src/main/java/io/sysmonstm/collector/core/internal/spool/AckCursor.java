package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.EventLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What is known beside the segments: which records nobody needs, and what was lost. Written to
 * another name, made safe and then renamed, before anything is deleted for its sake. It is a hint:
 * where it is missing or wrong, records are sent again and the server leaves them out.
 *
 * @param gone the numbers that nobody needs, by epoch
 * @param lost samples lost that the server has to be told of
 * @param told samples of these that it was told of
 */
record AckCursor(Map<UUID, SeqRanges> gone, long lost, long told) {
  static final AckCursor NONE = new AckCursor(Map.of(), 0, 0);
  static final String NAME = "cursor";
  static final String NEW_NAME = "cursor.new";

  private static final int MAGIC = 0x524D_5353;
  private static final int MAX_BYTES = 1 << 20;
  private static final int RANGE_BYTES = 16;
  private static final EventLog LOG = EventLog.of(AckCursor.class);

  /** What the file says, or nothing where there is none or it is damaged. */
  static AckCursor read(FileStore files) {
    try {
      if (!files.list().contains(NAME)) {
        return NONE;
      }
      var found = CheckedFile.read(files, NAME, MAX_BYTES).flatMap(AckCursor::decode);
      if (found.isEmpty()) {
        LOG.warn("spool_cursor_damaged", "What was acknowledged is not known any more.", null);
      }
      return found.orElse(NONE);
    } catch (IOException e) {
      LOG.warn("spool_cursor_unreadable", "What was acknowledged is not known any more.", e);
      return NONE;
    }
  }

  void write(FileStore files) throws IOException {
    CheckedFile.write(files, NEW_NAME, encode());
    files.rename(NEW_NAME, NAME);
    files.sync();
  }

  private ByteBuffer encode() {
    var epochs = new LinkedHashMap<UUID, List<SeqRange>>();
    int bytes = 24;
    for (var entry : gone.entrySet()) {
      var ranges = entry.getValue().ranges();
      if (bytes + 20 + ranges.size() * RANGE_BYTES < MAX_BYTES - 4) {
        bytes += 20 + ranges.size() * RANGE_BYTES;
        epochs.put(entry.getKey(), ranges);
      }
    }
    var to = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    to.putInt(MAGIC).putLong(lost).putLong(told).putInt(epochs.size());
    epochs.forEach(
        (epoch, ranges) -> {
          to.putLong(epoch.getMostSignificantBits()).putLong(epoch.getLeastSignificantBits());
          to.putInt(ranges.size());
          ranges.forEach(range -> to.putLong(range.first()).putLong(range.last()));
        });
    return to.flip();
  }

  private static Optional<AckCursor> decode(ByteBuffer from) {
    try {
      if (from.getInt() != MAGIC) {
        return Optional.empty();
      }
      long lost = from.getLong();
      long told = from.getLong();
      var gone = new LinkedHashMap<UUID, SeqRanges>();
      for (int epochs = from.getInt(); epochs > 0; epochs--) {
        var ranges = new SeqRanges();
        gone.put(new UUID(from.getLong(), from.getLong()), ranges);
        for (int count = from.getInt(); count > 0; count--) {
          ranges.add(from.getLong(), from.getLong());
        }
      }
      return Optional.of(new AckCursor(gone, lost, told));
    } catch (RuntimeException senseless) {
      return Optional.empty();
    }
  }
}
