package io.sysmonstm.collector.core.internal.spool;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Bytes of one record, in memory that is used again. Guarded by its owner. */
final class RecordBuffer {
  private static final int USUAL_BYTES = 16 << 10;

  private final CRC32C crc = new CRC32C();
  private ByteBuffer bytes = allocate(USUAL_BYTES);

  private static ByteBuffer allocate(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Begins a record. */
  void begin(long seq) {
    if (bytes.capacity() > 4 * USUAL_BYTES) {
      bytes = allocate(USUAL_BYTES);
    }
    bytes.clear();
    bytes.putInt(0).putInt(0).putLong(seq);
  }

  /** Ends it; the whole record, valid until the next one begins. */
  ByteBuffer end() {
    bytes.flip();
    bytes.putInt(RecordReader.LENGTH_OFFSET, bytes.limit() - RecordReader.HEADER_BYTES);
    bytes.putInt(RecordReader.CRC_OFFSET, RecordReader.crc(crc, bytes, 0, bytes.limit()));
    return bytes;
  }

  private ByteBuffer room(int more) {
    if (bytes.remaining() < more) {
      var larger = allocate(Math.max(bytes.capacity() * 2, Math.addExact(bytes.position(), more)));
      larger.put(bytes.flip());
      bytes = larger;
    }
    return bytes;
  }

  void fixed32(int value) {
    room(4).putInt(value);
  }

  void fixed64(long value) {
    room(8).putLong(value);
  }

  /** Of 0 or more, in seven bits a byte, the lowest first. */
  void number(int value) {
    var to = room(5);
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      to.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    to.put((byte) rest);
  }

  void text(String text) {
    var utf8 = text.getBytes(UTF_8);
    number(utf8.length);
    room(utf8.length).put(utf8);
  }

  /** A copy of the record. */
  byte[] copy() {
    var copy = new byte[bytes.limit()];
    bytes.get(0, copy);
    return copy;
  }
}
