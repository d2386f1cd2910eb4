package io.sysmonstm.collector.core.internal.spool;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that is read anywhere and written at its end. */
public interface StoredFile extends AutoCloseable {
  /** Its length in bytes. */
  long size() throws IOException;

  /**
   * Reads what fits, less where the file ends.
   *
   * @return the bytes read; 0 or less at the end
   */
  int read(ByteBuffer into, long position) throws IOException;

  /** Writes all of it at the end; after a failure any part of it may be there. */
  void append(ByteBuffer bytes) throws IOException;

  /** Cuts it off after that many bytes. */
  void truncate(long size) throws IOException;

  /** Makes its content safe. Any thread. */
  void sync() throws IOException;

  @Override
  void close() throws IOException;
}
