package io.sysmonstm.collector.core.internal.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Small files that are read whole, with their check sum at the end. */
final class CheckedFile {
  private CheckedFile() {}

  static void write(FileStore files, String name, ByteBuffer content) throws IOException {
    files.delete(name);
    try (var file = files.create(name)) {
      var crc = new CRC32C();
      crc.update(content.duplicate());
      file.append(content);
      var sum = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      file.append(sum.putInt((int) crc.getValue()).flip());
      file.sync();
    }
  }

  /** The content, empty where it is damaged or longer than expected. */
  static Optional<ByteBuffer> read(FileStore files, String name, int maxBytes) throws IOException {
    try (var file = files.open(name)) {
      long size = file.size();
      if (size < 4 || size > maxBytes) {
        return Optional.empty();
      }
      var bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining() && file.read(bytes, bytes.position()) > 0) {}
      if (bytes.hasRemaining()) {
        return Optional.empty();
      }
      int content = (int) size - 4;
      var crc = new CRC32C();
      crc.update(bytes.slice(0, content));
      return (int) crc.getValue() == bytes.getInt(content)
          ? Optional.of(bytes.flip().limit(content))
          : Optional.empty();
    }
  }
}
