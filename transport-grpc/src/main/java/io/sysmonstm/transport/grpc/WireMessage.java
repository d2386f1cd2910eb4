package io.sysmonstm.transport.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;

/**
 * Writes the fields of one protobuf message. A collector writes its messages by this and not by
 * generated classes, because those with a map load and parse the descriptors of protobuf itself
 * before the first is sent. Fields that have the default value are left out, as proto3 wants it.
 * Confined to one thread.
 */
final class WireMessage {
  private static final int KEY = 1;
  private static final int VALUE = 2;

  /** What {@link CodedOutputStream} does, but for what a byte array cannot: fail. */
  @FunctionalInterface
  private interface Write {
    void to(CodedOutputStream out) throws IOException;
  }

  private final ByteArrayOutputStream bytes;
  private final CodedOutputStream out;

  WireMessage(int expectedBytes) {
    bytes = new ByteArrayOutputStream(expectedBytes);
    out = CodedOutputStream.newInstance(bytes, expectedBytes);
  }

  WireMessage() {
    this(128);
  }

  WireMessage text(int field, String value) {
    return value.isEmpty() ? this : write(out -> out.writeString(field, value));
  }

  /** An int32, int64, uint32 or uint64. */
  WireMessage number(int field, long value) {
    return value == 0 ? this : write(out -> out.writeUInt64(field, value));
  }

  WireMessage flag(int field, boolean value) {
    return value ? write(out -> out.writeBool(field, true)) : this;
  }

  WireMessage real(int field, double value) {
    return Double.doubleToRawLongBits(value) == 0
        ? this
        : write(out -> out.writeDouble(field, value));
  }

  /** The 16 bytes of an id. */
  WireMessage id(int field, UUID id) {
    var value =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits());
    return write(out -> out.writeByteArray(field, value.array()));
  }

  WireMessage message(int field, WireMessage value) {
    return write(out -> out.writeByteArray(field, value.toByteArray()));
  }

  /** A map of texts: each entry is a message of a key and a value. */
  WireMessage map(int field, Map<String, String> entries) {
    entries.forEach(
        (key, value) -> message(field, new WireMessage().text(KEY, key).text(VALUE, value)));
    return this;
  }

  /** The first numbers of an array, as packed sint32. */
  WireMessage packedSigned(int field, int[] values, int size) {
    if (size == 0) {
      return this;
    }
    int length = 0;
    for (int i = 0; i < size; i++) {
      length += CodedOutputStream.computeSInt32SizeNoTag(values[i]);
    }
    int total = length;
    return write(
        out -> {
          out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
          out.writeUInt32NoTag(total);
          for (int i = 0; i < size; i++) {
            out.writeSInt32NoTag(values[i]);
          }
        });
  }

  /** The first numbers of an array, as packed double. */
  WireMessage packedReals(int field, double[] values, int size) {
    if (size == 0) {
      return this;
    }
    return write(
        out -> {
          out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
          out.writeUInt32NoTag(size * Double.BYTES);
          for (int i = 0; i < size; i++) {
            out.writeDoubleNoTag(values[i]);
          }
        });
  }

  byte[] toByteArray() {
    write(CodedOutputStream::flush);
    return bytes.toByteArray();
  }

  private WireMessage write(Write write) {
    try {
      write.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }
}
