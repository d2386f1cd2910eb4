package io.sysmonstm.benchmarks.live;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * Finds the frames in what a server sends to one viewer, and of metrics frames the time of
 * collection; keeps no more than the first bytes of a frame. Confined to one thread.
 */
final class FrameReader {
  /** Takes what is found. */
  interface Sink {
    void metrics(long collectedAtMillis);

    void ping();
  }

  private static final int PING = 0x9;
  private static final byte[] METRICS = "{\"type\":\"metrics\",\"timestamp\":\"".getBytes(US_ASCII);
  private static final int TIME_LENGTH = 24;
  private static final byte[] SIMULATED = "\",\"machine_id\":\"sim-".getBytes(US_ASCII);
  private static final int KEPT = METRICS.length + TIME_LENGTH + SIMULATED.length;

  private final byte[] head = new byte[10];
  private final byte[] start = new byte[KEPT];
  private int headSize;
  private long left = -1;
  private int kept;

  void read(ByteBuffer bytes, Sink sink) {
    while (bytes.hasRemaining()) {
      if (left < 0) {
        head[headSize++] = bytes.get();
        if (headSize < 2 || headSize < headLength()) {
          continue;
        }
        left = payloadLength();
        kept = 0;
      }
      int take = (int) Math.min(left, bytes.remaining());
      int keep = Math.min(take, KEPT - kept);
      bytes.get(start, kept, keep);
      kept += keep;
      bytes.position(bytes.position() + take - keep);
      left -= take;
      if (left == 0) {
        finish(sink);
      }
    }
  }

  private void finish(Sink sink) {
    if ((head[0] & 0xF) == PING) {
      sink.ping();
    } else if (kept == KEPT && has(METRICS, 0) && has(SIMULATED, METRICS.length + TIME_LENGTH)) {
      var time = new String(start, METRICS.length, TIME_LENGTH, US_ASCII);
      sink.metrics(Instant.parse(time).toEpochMilli());
    }
    headSize = 0;
    left = -1;
  }

  private boolean has(byte[] text, int from) {
    for (int i = 0; i < text.length; i++) {
      if (start[from + i] != text[i]) {
        return false;
      }
    }
    return true;
  }

  private int headLength() {
    return switch (head[1] & 0x7F) {
      case 126 -> 4;
      case 127 -> 10;
      default -> 2;
    };
  }

  private long payloadLength() {
    var buffer = ByteBuffer.wrap(head);
    return switch (head[1] & 0x7F) {
      case 126 -> buffer.getShort(2) & 0xFFFF;
      case 127 -> buffer.getLong(2);
      default -> head[1] & 0x7F;
    };
  }
}
