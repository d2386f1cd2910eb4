package io.sysmonstm.store.embedded;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads what {@link ChunkWriter} wrote. Confined to one thread. */
final class ChunkReader implements AutoCloseable {
  private final Inflater inflater = new Inflater(true);
  private final CRC32C checksum = new CRC32C();
  private byte[] bytes = new byte[8192];
  private int size;
  private int position;

  /** Starts to read a chunk. */
  void open(byte[] chunk) throws DamagedChunkException {
    position = 0;
    if (chunk.length < ChunkWriter.HEADER_BYTES) {
      throw damaged();
    }
    int length = chunk.length - ChunkWriter.HEADER_BYTES;
    checksum.reset();
    checksum.update(chunk, ChunkWriter.HEADER_BYTES, length);
    if (ByteBuffer.wrap(chunk).getInt(1) != (int) checksum.getValue()) {
      throw damaged();
    }
    if (chunk[0] == ChunkWriter.STORED) {
      bytes = Arrays.copyOfRange(chunk, ChunkWriter.HEADER_BYTES, chunk.length);
      size = length;
    } else {
      inflate(chunk, length);
    }
  }

  long number() throws DamagedChunkException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position >= size) {
        throw damaged();
      }
      byte next = bytes[position++];
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw damaged();
  }

  /** Returns how many of something follow, each of a byte or more. */
  int count() throws DamagedChunkException {
    long count = number();
    if (count < 0 || count > size - position) {
      throw damaged();
    }
    return (int) count;
  }

  void doubles(double[] into, int count) throws DamagedChunkException {
    if (count > (size - position) / Double.BYTES) {
      throw damaged();
    }
    long before = 0;
    for (int i = 0; i < count; i++) {
      long difference = 0;
      for (int plane = 0; plane < Double.BYTES; plane++) {
        difference = (difference << 8) | (bytes[position + plane * count + i] & 0xFF);
      }
      before ^= difference;
      into[i] = Double.longBitsToDouble(before);
    }
    position += count * Double.BYTES;
  }

  @Override
  public void close() {
    inflater.end();
  }

  private void inflate(byte[] chunk, int length) throws DamagedChunkException {
    inflater.reset();
    inflater.setInput(chunk, ChunkWriter.HEADER_BYTES, length);
    size = 0;
    try {
      while (!inflater.finished()) {
        if (size == bytes.length) {
          bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        int more = inflater.inflate(bytes, size, bytes.length - size);
        if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          throw damaged();
        }
        size += more;
      }
    } catch (DataFormatException e) {
      throw new DamagedChunkException("a chunk does not inflate", e);
    }
  }

  private static DamagedChunkException damaged() {
    return new DamagedChunkException("a chunk ends early or is not one", null);
  }
}
