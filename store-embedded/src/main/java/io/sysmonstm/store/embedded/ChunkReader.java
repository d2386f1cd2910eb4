package io.sysmonstm.store.embedded;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads what {@link ChunkWriter} wrote. Confined to one thread. */
final class ChunkReader implements AutoCloseable {
  private final Inflater inflater = new Inflater(true);
  private byte[] bytes = new byte[8192];
  private int size;
  private int position;

  /** Starts to read a chunk. */
  void open(byte[] chunk) throws SQLException {
    position = 0;
    if (chunk.length == 0) {
      throw damaged();
    }
    if (chunk[0] == ChunkWriter.STORED) {
      bytes = Arrays.copyOfRange(chunk, 1, chunk.length);
      size = bytes.length;
    } else {
      inflate(chunk);
    }
  }

  long number() throws SQLException {
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
  int count() throws SQLException {
    long count = number();
    if (count < 0 || count > size - position) {
      throw damaged();
    }
    return (int) count;
  }

  void doubles(double[] into, int count) throws SQLException {
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

  private void inflate(byte[] chunk) throws SQLException {
    inflater.reset();
    inflater.setInput(chunk, 1, chunk.length - 1);
    size = 0;
    try {
      while (!inflater.finished()) {
        if (size == bytes.length) {
          bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        int length = inflater.inflate(bytes, size, bytes.length - size);
        if (length == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          throw damaged();
        }
        size += length;
      }
    } catch (DataFormatException e) {
      throw new SQLException("a chunk does not inflate", e);
    }
  }

  private static SQLException damaged() {
    return new SQLException("a chunk ends early or is not one");
  }
}
