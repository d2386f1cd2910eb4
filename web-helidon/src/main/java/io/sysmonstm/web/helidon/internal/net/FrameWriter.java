package io.sysmonstm.web.helidon.internal.net;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.sysmonstm.spi.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames to a socket, small ones that wait together in one write, long ones bit by bit; and
 * knows how long the other side keeps them waiting. Written to by one thread, looked at by others.
 */
final class FrameWriter {
  // What a viewer that does not read holds of the heap, besides the frame.
  private static final int CHUNK_BYTES = 8_192;
  // The JDK's TLS keeps a buffer as large as the largest write there was.
  private static final int TLS_CHUNK_BYTES = 4_096;

  private final DataWriter socket;
  private final TimeSource time;
  private final int chunkBytes;
  // Confined to the writing thread: what is written next, in order.
  private final List<byte[]> chunk = new ArrayList<>(1);
  private int chunkLength;

  private volatile boolean writing;
  private volatile long progressNanos;
  private volatile long frameNanos;
  private volatile long frameLength;
  private volatile @Nullable Sending large;

  /**
   * A frame that takes several writes.
   *
   * @param frame which
   * @param sinceNanos since when
   */
  record Sending(Frame frame, long sinceNanos) {}

  FrameWriter(DataWriter socket, boolean tls, TimeSource time) {
    this.socket = socket;
    this.time = time;
    this.chunkBytes = tls ? TLS_CHUNK_BYTES : CHUNK_BYTES;
  }

  /**
   * Writes a frame, and those that wait.
   *
   * @return whether the last one was written
   */
  boolean write(Frame first, Outbox outbox) {
    boolean last = false;
    for (var next = Optional.of(first); next.isPresent() && !last; ) {
      var frame = next.get();
      write(frame);
      last = frame.last();
      next = last ? Optional.empty() : outbox.poll();
    }
    flush();
    return last;
  }

  private void write(Frame frame) {
    var parts = frame.parts();
    long length = frame.length();
    long now = time.nanoTime();
    frameNanos = now;
    frameLength = length;
    if (length > chunkBytes) {
      large = new Sending(frame, now);
    }
    for (var part : parts) {
      if (chunkLength + part.length > chunkBytes) {
        flush();
      }
      if (part.length > chunkBytes) {
        writeLong(part);
      } else {
        chunk.add(part);
        chunkLength += part.length;
      }
    }
    large = null;
  }

  private void writeLong(byte[] part) {
    for (int from = 0; from < part.length; from += chunkBytes) {
      // A writable buffer of a part of an array is written beyond its end.
      writeNow(BufferData.createReadOnly(part, from, Math.min(chunkBytes, part.length - from)));
    }
  }

  private void flush() {
    if (chunk.isEmpty()) {
      return;
    }
    var bytes = chunk.size() == 1 ? chunk.getFirst() : joined();
    chunk.clear();
    chunkLength = 0;
    writeNow(BufferData.create(bytes));
  }

  private byte[] joined() {
    var bytes = new byte[chunkLength];
    int at = 0;
    for (var part : chunk) {
      System.arraycopy(part, 0, bytes, at, part.length);
      at += part.length;
    }
    return bytes;
  }

  private void writeNow(BufferData bytes) {
    progressNanos = time.nanoTime();
    writing = true;
    try {
      socket.writeNow(bytes);
    } finally {
      writing = false;
    }
  }

  /** Returns whether the other side takes nothing, or too little for the frame. */
  boolean stalled(long now, Timing timing) {
    return writing
        && (now - progressNanos >= timing.stalled().toNanos()
            || now - frameNanos >= Timing.nanosFor(timing.frame(), frameLength));
  }

  /** Returns the long frame that is being written. */
  Optional<Sending> sending() {
    return Optional.ofNullable(large);
  }
}
