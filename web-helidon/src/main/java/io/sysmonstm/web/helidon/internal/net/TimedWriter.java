package io.sysmonstm.web.helidon.internal.net;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.helidon.webserver.ServerConnectionException;
import io.sysmonstm.spi.TimeSource;
import java.net.SocketTimeoutException;

/**
 * Writes answers, and knows how long a client keeps them waiting: each write, and all writes of the
 * connection. What is long is written bit by bit, so that a slow client can be told from one that
 * takes nothing. Written to by one thread, looked at by others.
 */
final class TimedWriter implements DataWriter {
  private static final int CHUNK_BYTES = 32_768;

  private final DataWriter delegate;
  private final TimeSource time;
  private final Timing timing;
  private boolean writing;
  private boolean ended;
  private long progressNanos;
  private long bytes;
  private long waitedNanos;

  TimedWriter(DataWriter delegate, TimeSource time, Timing timing) {
    this.delegate = delegate;
    this.time = time;
    this.timing = timing;
  }

  /** Returns whether the client takes nothing, or too little. */
  synchronized boolean overdue(long now) {
    if (!writing) {
      return false;
    }
    long waiting = now - progressNanos;
    return waiting >= timing.stalled().toNanos()
        || waitedNanos + waiting >= Timing.nanosFor(timing.answer(), bytes);
  }

  /**
   * Ends the write that waits for a client, where one does that is overdue.
   *
   * @param end interrupts the writer; never when it already does something else
   * @return whether one was ended
   */
  synchronized boolean endOverdue(long now, Runnable end) {
    if (!overdue(now)) {
      return false;
    }
    ended = true;
    end.run();
    return true;
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

  private void timed(BufferData buffer) {
    begin(buffer.available());
    try {
      delegate.writeNow(buffer);
    } finally {
      finish();
    }
  }

  private synchronized void begin(int count) {
    bytes += count;
    progressNanos = time.nanoTime();
    writing = true;
  }

  private synchronized void finish() {
    writing = false;
    long waited = time.nanoTime() - progressNanos;
    // Nobody has ended a write that took longer: then this process stood still, not the client.
    if (waited < timing.stalled().toNanos()) {
      waitedNanos += waited;
    }
    if (ended) {
      throw new ServerConnectionException(
          "an answer was not taken in time", new SocketTimeoutException());
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
