package io.sysmonstm.collector.core.internal.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Goes through the records of a segment, a few pages in memory at a time. Where bytes make no
 * record it looks for the next ones that do, at every place; what lies between is damage. Guarded
 * by its owner.
 *
 * <p>A record: length of the payload (u32), CRC-32C over number and payload (u32), number (u64),
 * payload; little-endian.
 */
final class RecordReader implements AutoCloseable {
  static final int LENGTH_OFFSET = 0;
  static final int CRC_OFFSET = 4;
  private static final int SEQ_OFFSET = 8;
  static final int HEADER_BYTES = 16;

  /** The longest record, header included. */
  static final int MAX_RECORD_BYTES = 1 << 20;

  /** The shortest one: a batch without samples. */
  static final int MIN_RECORD_BYTES = HEADER_BYTES + 28;

  private static final int WINDOW_BYTES = 32 << 10;

  private final StoredFile file;
  private final CRC32C crc = new CRC32C();
  // What is in memory of the file, from windowStart on; position and limit frame the payload.
  private ByteBuffer window = allocate(WINDOW_BYTES);
  private long windowStart;
  private int windowBytes;
  private long position;
  private long seq;
  private long recordStart;
  private long damageStart;

  RecordReader(StoredFile file, long from) {
    this.file = file;
    this.position = from;
    this.windowStart = from;
  }

  private static ByteBuffer allocate(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The check sum of a record that lies in a buffer. */
  static int crc(CRC32C crc, ByteBuffer bytes, int start, int end) {
    crc.reset();
    crc.update(bytes.array(), bytes.arrayOffset() + start + SEQ_OFFSET, end - start - SEQ_OFFSET);
    return (int) crc.getValue();
  }

  /**
   * Goes to the next record that ends before the given place; where there is none, the rest is
   * damage.
   *
   * @return whether there is one
   */
  boolean next(long end) throws IOException {
    damageStart = position;
    while (end - position >= MIN_RECORD_BYTES) {
      int length = recordLength(end);
      if (length > 0 && isWhole(length)) {
        recordStart = position;
        position += length;
        return true;
      }
      position++;
    }
    recordStart = Math.max(position, end);
    position = recordStart;
    return false;
  }

  /** The length that a record at this place would have, 0 where there can be none. */
  private int recordLength(long end) throws IOException {
    if (!load(HEADER_BYTES)) {
      return 0;
    }
    int at = (int) (position - windowStart);
    long length = Integer.toUnsignedLong(window.getInt(at + LENGTH_OFFSET)) + HEADER_BYTES;
    long number = window.getLong(at + SEQ_OFFSET);
    boolean plausible =
        length >= MIN_RECORD_BYTES
            && length <= Math.min(MAX_RECORD_BYTES, end - position)
            && number >= 1
            && number >>> 48 == 0;
    return plausible ? (int) length : 0;
  }

  private boolean isWhole(int length) throws IOException {
    if (!load(length)) {
      return false;
    }
    int at = (int) (position - windowStart);
    if (window.getInt(at + CRC_OFFSET) != crc(crc, window, at, at + length)) {
      return false;
    }
    seq = window.getLong(at + SEQ_OFFSET);
    window.limit(at + length).position(at + HEADER_BYTES);
    return true;
  }

  /** Brings bytes from the position on into the window. */
  private boolean load(int bytes) throws IOException {
    if (position >= windowStart && position + bytes <= windowStart + windowBytes) {
      window.clear();
      return true;
    }
    if (bytes > window.capacity()) {
      window = allocate(bytes);
    } else if (window.capacity() > WINDOW_BYTES && bytes <= WINDOW_BYTES) {
      window = allocate(WINDOW_BYTES);
    }
    window.clear();
    windowStart = position;
    windowBytes = 0;
    while (window.hasRemaining()) {
      int read = file.read(window, windowStart + windowBytes);
      if (read <= 0) {
        break;
      }
      windowBytes += read;
    }
    window.clear();
    return bytes <= windowBytes;
  }

  /** The number of the record. */
  long seq() {
    return seq;
  }

  /** The payload of the record; to be read before the next one. */
  ByteBuffer payload() {
    return window.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Where the bytes begin that were skipped on the way. */
  long damageStart() {
    return damageStart;
  }

  /** How many bytes were skipped on the way to the record, or to the end. */
  long damageBytes() {
    return recordStart - damageStart;
  }

  /** Where the next record is looked for. */
  long position() {
    return position;
  }

  StoredFile file() {
    return file;
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException readOnly) {
      // Nothing was written through it.
    }
  }
}
