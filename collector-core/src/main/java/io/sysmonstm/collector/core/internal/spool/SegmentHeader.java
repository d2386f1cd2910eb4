package io.sysmonstm.collector.core.internal.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The beginning of a segment: magic (u32), version (u32), epoch (16 bytes), first number (u64),
 * when it was made (u64, milliseconds of Unix time), CRC-32C of all that (u32); little-endian.
 *
 * @param epoch the epoch of its records
 * @param firstSeq the number of its first record
 * @param createdAtMillis when it was made, by the wall clock
 */
record SegmentHeader(UUID epoch, long firstSeq, long createdAtMillis) {
  static final int BYTES = 44;

  private static final int MAGIC = 0x504D_5353;
  private static final int VERSION = 1;
  private static final int CRC_OFFSET = BYTES - 4;

  ByteBuffer encode() {
    var bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(MAGIC).putInt(VERSION);
    bytes.putLong(epoch.getMostSignificantBits()).putLong(epoch.getLeastSignificantBits());
    bytes.putLong(firstSeq).putLong(createdAtMillis);
    return bytes.putInt(crc(bytes)).flip();
  }

  /** The header of a file; empty where it is damaged, or of another version. */
  static Optional<SegmentHeader> read(StoredFile file) throws IOException {
    var bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining() && file.read(bytes, bytes.position()) > 0) {}
    if (bytes.hasRemaining()
        || bytes.getInt(CRC_OFFSET) != crc(bytes)
        || bytes.getInt(0) != MAGIC
        || bytes.getInt(4) != VERSION) {
      return Optional.empty();
    }
    return Optional.of(
        new SegmentHeader(
            new UUID(bytes.getLong(8), bytes.getLong(16)), bytes.getLong(24), bytes.getLong(32)));
  }

  private static int crc(ByteBuffer bytes) {
    var crc = new CRC32C();
    crc.update(bytes.slice(0, CRC_OFFSET));
    return (int) crc.getValue();
  }
}
