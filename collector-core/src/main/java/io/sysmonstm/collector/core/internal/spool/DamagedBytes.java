package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.spi.EventLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;

/**
 * Sets aside what cannot be delivered, for whoever wants to look into it; bounded, the oldest goes
 * first. Never fails: what cannot be set aside is let go. Guarded by its owner.
 */
final class DamagedBytes {
  /** The most bytes that are kept. */
  static final long MAX_BYTES = 8L << 20;

  private static final int CHUNK_BYTES = 64 << 10;
  private static final EventLog LOG = EventLog.of(DamagedBytes.class);

  private record Kept(String name, long bytes) {}

  private final FileStore files;

  DamagedBytes(FileStore files) {
    this.files = files;
  }

  /** Keeps a copy of a part of a file. */
  void keep(String name, StoredFile file, long from, long bytes) {
    long size = Math.min(bytes, MAX_BYTES);
    try {
      makeRoom(size);
      try (var copy = files.create(name)) {
        var chunk = ByteBuffer.allocate((int) Math.min(size, CHUNK_BYTES));
        for (long done = 0; done < size; ) {
          chunk.clear().limit((int) Math.min(chunk.capacity(), size - done));
          int read = file.read(chunk, from + done);
          if (read <= 0) {
            break;
          }
          copy.append(chunk.flip());
          done += read;
        }
      }
      LOG.warn(
          "spool_damage_set_aside",
          "Bytes that are no record.",
          null,
          "file",
          name,
          "bytes",
          bytes);
    } catch (IOException e) {
      notKept(name, e);
    }
  }

  /** Keeps bytes. */
  void keep(String name, byte[] bytes) {
    try {
      makeRoom(bytes.length);
      try (var copy = files.create(name)) {
        copy.append(ByteBuffer.wrap(bytes));
      }
    } catch (IOException e) {
      notKept(name, e);
    }
  }

  private static void notKept(String name, IOException why) {
    LOG.warn("spool_damage_not_kept", "What is damaged could not be set aside.", why, "file", name);
  }

  private void makeRoom(long more) throws IOException {
    var kept = new ArrayList<Kept>();
    long total = more;
    for (var name : files.list()) {
      try (var file = files.open(name)) {
        kept.add(new Kept(name, file.size()));
        total += file.size();
      }
    }
    kept.sort(Comparator.comparing(Kept::name));
    for (var oldest : kept) {
      if (total <= MAX_BYTES) {
        return;
      }
      files.delete(oldest.name);
      total -= oldest.bytes;
    }
  }
}
