package io.sysmonstm.transport.grpc;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;

/** The 16 bytes that epochs and instances are on the wire. */
final class Ids {
  private static final int BYTES = 16;

  private Ids() {}

  static ByteString bytes(UUID id) {
    var bytes =
        ByteBuffer.allocate(BYTES)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .flip();
    return ByteString.copyFrom(bytes);
  }

  /** The id of 16 bytes; {@code name} is the field's, for the message of the exception. */
  static UUID uuid(ByteString bytes, String name) {
    if (bytes.size() != BYTES) {
      throw Statuses.invalid("%s of %d bytes: expected %d".formatted(name, bytes.size(), BYTES));
    }
    var buffer = bytes.asReadOnlyByteBuffer();
    return new UUID(buffer.getLong(), buffer.getLong());
  }
}
