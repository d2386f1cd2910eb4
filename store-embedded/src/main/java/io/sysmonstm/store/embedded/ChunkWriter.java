package io.sysmonstm.store.embedded;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;

/**
 * Packs numbers into bytes. Columns of doubles are written as the difference (exclusive or) of each
 * to the one before, all first bytes first, so that what neighbours have in common becomes runs
 * that deflate well. Nothing is rounded. Confined to one thread.
 */
final class ChunkWriter implements AutoCloseable {
  static final byte STORED = 0;
  static final byte DEFLATED = 1;

  /** The form and the CRC-32C of what follows. */
  static final int HEADER_BYTES = 1 + Integer.BYTES;

  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  private final CRC32C checksum = new CRC32C();
  private byte[] bytes = new byte[8192];
  private byte[] packed = new byte[8192];
  private int size;

  /** Starts anew. */
  ChunkWriter clear() {
    size = 0;
    return this;
  }

  /** Writes a number, not negative, in as few bytes as it needs. */
  void number(long value) {
    ensure(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void doubles(double[] values, int count) {
    ensure(count * Double.BYTES);
    long before = 0;
    for (int i = 0; i < count; i++) {
      long bits = Double.doubleToRawLongBits(values[i]);
      long difference = bits ^ before;
      before = bits;
      for (int plane = 0; plane < Double.BYTES; plane++) {
        bytes[size + plane * count + i] = (byte) (difference >>> (56 - 8 * plane));
      }
    }
    size += count * Double.BYTES;
  }

  /** Returns what was written since {@link #clear}, deflated where that is shorter. */
  byte[] finish() {
    if (packed.length < size) {
      packed = new byte[bytes.length];
    }
    deflater.reset();
    deflater.setInput(bytes, 0, size);
    deflater.finish();
    int length = deflater.deflate(packed, 0, size);
    boolean shorter = deflater.finished();
    int payload = shorter ? length : size;
    var chunk = ByteBuffer.allocate(HEADER_BYTES + payload);
    checksum.reset();
    checksum.update(shorter ? packed : bytes, 0, payload);
    chunk.put(shorter ? DEFLATED : STORED).putInt((int) checksum.getValue());
    return chunk.put(shorter ? packed : bytes, 0, payload).array();
  }

  @Override
  public void close() {
    deflater.end();
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
