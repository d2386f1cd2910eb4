package io.sysmonstm.web.helidon.internal.net;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.sysmonstm.spi.TimeSource;

/**
 * Writes answers, and knows how long a client keeps them waiting: each write, and all writes of the
 * connection. What is long is written bit by bit, so that a slow client can be told from one that
 * takes nothing. Written to by one thread, looked at by others.
 */
final class TimedWriter implements DataWriter {
  private static final int CHUNK_BYTES = 32_768;

  private final DataWriter delegate;
  private final TimeSource time;
  private volatile boolean writing;
  private volatile long progressNanos;
  private volatile long bytes;
  private volatile long waitedNanos;

  TimedWriter(DataWriter delegate, TimeSource time) {
    this.delegate = delegate;
    this.time = time;
  }

  /** Returns whether the client takes nothing, or too little. */
  boolean overdue(long now, Timing timing) {
    if (!writing) {
      return false;
    }
    long waiting = now - progressNanos;
    return waiting >= timing.stalled().toNanos()
        || waitedNanos + waiting >= Timing.nanosFor(timing.answer(), bytes);
  }

  @Override
  public void write(BufferData... buffers) {
    writeNow(buffers);
  }

  @Override
  public void write(BufferData buffer) {
    writeNow(buffer);
  }

  @Override
  public void writeNow(BufferData... buffers) {
    for (var buffer : buffers) {
      writeNow(buffer);
    }
  }

  @Override
  public void writeNow(BufferData buffer) {
    if (buffer.available() <= CHUNK_BYTES) {
      timed(buffer);
      return;
    }
    // All of it by copies: what is left of a buffer that was read from cannot be written.
    while (buffer.available() > 0) {
      var chunk = new byte[Math.min(CHUNK_BYTES, buffer.available())];
      int count = buffer.read(chunk);
      timed(BufferData.createReadOnly(chunk, 0, count));
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by one thread
  private void timed(BufferData buffer) {
    bytes += buffer.available();
    progressNanos = time.nanoTime();
    writing = true;
    try {
      delegate.writeNow(buffer);
    } finally {
      writing = false;
      waitedNanos += time.nanoTime() - progressNanos;
    }
  }

  @Override
  public void flush() {
    delegate.flush();
  }

  @Override
  public void close() {
    delegate.close();
  }
}
