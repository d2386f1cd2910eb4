package io.sysmonstm.transport.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.sysmonstm.api.Series;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A metric as it was sent once: all of its bytes but time and value, and what they mean. A machine
 * sends the same metrics in the same order each cycle, so that the one that followed last time is
 * expected to follow again, and comparing bytes is all it takes. Confined to its stream's thread.
 */
final class MetricPattern {
  private static final int TIMESTAMP = tag(3, WireFormat.WIRETYPE_VARINT);
  private static final int TYPE = tag(4, WireFormat.WIRETYPE_VARINT);
  private static final int VALUE = tag(5, WireFormat.WIRETYPE_FIXED64);
  private static final int LABELS = tag(6, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  // A number of more digits is negative.
  private static final int POSITIVE_DIGITS = 9;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final MachineFeed feed;
  private final Series series;
  // Machine and host name with their tags.
  private final byte[] before;
  private final byte[] type;
  private final byte[] labels;
  private @Nullable MetricPattern next;
  // Of the last message that matched.
  private long timestampMillis;
  private double value;

  private MetricPattern(MachineFeed feed, Series series, byte[] message, Layout layout) {
    this.feed = feed;
    this.series = series;
    this.before = Arrays.copyOf(message, layout.timestamp);
    this.type = Arrays.copyOfRange(message, layout.type, layout.value);
    this.labels = Arrays.copyOfRange(message, layout.labels, message.length);
  }

  private static int tag(int field, int type) {
    return field << 3 | type;
  }

  /** {@return the pattern of a message, null where its fields do not come in their usual order} */
  static @Nullable MetricPattern of(byte[] message, MachineFeed feed, Series series) {
    try {
      var layout = Layout.of(message);
      return layout == null ? null : new MetricPattern(feed, series, message, layout);
    } catch (IOException e) {
      throw new IllegalStateException("a message that was parsed before", e);
    }
  }

  MachineFeed feed() {
    return feed;
  }

  Series series() {
    return series;
  }

  /** {@return the time of the last message that matched, in milliseconds} */
  long timestampMillis() {
    return timestampMillis;
  }

  /** {@return the value of the last message that matched} */
  double value() {
    return value;
  }

  /** {@return what came after it the last time} */
  @Nullable MetricPattern next() {
    return next;
  }

  void setNext(MetricPattern follower) {
    next = follower;
  }

  /** {@return whether a message is of this pattern; then time and value are those of it} */
  boolean matches(byte[] message) {
    int at = before.length;
    if (message.length <= at
        || message[at] != TIMESTAMP
        || !Arrays.equals(message, 0, at, before, 0, at)) {
      return false;
    }
    at = readTimestamp(message, at + 1);
    int behind = at + type.length;
    if (at < 0
        || message.length < behind
        || !Arrays.equals(message, at, behind, type, 0, type.length)) {
      return false;
    }
    at = readValue(message, behind);
    return Arrays.equals(message, at, message.length, labels, 0, labels.length);
  }

  // Returns where it ends, or -1 where it does not, or is negative.
  private int readTimestamp(byte[] message, int begin) {
    long number = 0;
    int longest = Math.min(message.length - begin, POSITIVE_DIGITS);
    for (int i = 0; i < longest; i++) {
      byte digit = message[begin + i];
      number |= (long) (digit & 0x7F) << (7 * i);
      if (digit >= 0) {
        timestampMillis = number;
        return begin + i + 1;
      }
    }
    return -1;
  }

  // Returns where it ends. Zero is not sent.
  private int readValue(byte[] message, int begin) {
    if (message.length <= begin + Double.BYTES || message[begin] != VALUE) {
      value = 0;
      return begin;
    }
    value = Double.longBitsToDouble((long) LONG.get(message, begin + 1));
    return begin + 1 + Double.BYTES;
  }

  /** Where things are in a message that has each field once, in the order of their numbers. */
  private static final class Layout {
    int timestamp;
    int type;
    int value;
    int labels;

    static @Nullable Layout of(byte[] message) throws IOException {
      var in = CodedInputStream.newInstance(message);
      var layout = new Layout();
      int tag = in.readTag();
      for (int name = 1; name <= 2; name++) {
        if (tag == tag(name, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
          in.skipField(tag);
          layout.timestamp = in.getTotalBytesRead();
          tag = in.readTag();
        }
      }
      if (tag != TIMESTAMP) {
        return null;
      }
      in.skipField(tag);
      layout.type = in.getTotalBytesRead();
      if (in.readTag() != TYPE) {
        return null;
      }
      in.skipField(TYPE);
      layout.value = in.getTotalBytesRead();
      layout.labels = layout.value;
      tag = in.readTag();
      if (tag == VALUE) {
        in.skipField(tag);
        layout.labels = in.getTotalBytesRead();
        tag = in.readTag();
      }
      // Another field of a lower number would count instead of the first.
      while (tag == LABELS) {
        in.skipField(tag);
        tag = in.readTag();
      }
      return tag == 0 ? layout : null;
    }
  }
}
