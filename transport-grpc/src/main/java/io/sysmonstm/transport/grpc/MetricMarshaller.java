package io.sysmonstm.transport.grpc;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.transport.grpc.v1.Metric;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Takes single metrics as the bytes that they are: most need not be parsed, see {@link
 * MetricPattern}. What is no metric is found out by {@link #parse(byte[])}, so that the stream can
 * end with a status that tells its client something.
 */
final class MetricMarshaller implements MethodDescriptor.Marshaller<byte[]> {
  private static final byte[] TOO_LARGE = {};

  /** Parses a message that came, or throws what the stream shall end with. */
  @SuppressWarnings("ReferenceEquality") // An empty message is a metric without anything.
  static Metric parse(byte[] message) {
    if (message == TOO_LARGE) {
      throw new RequestException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "message too large once inflated: expected at most %d bytes"
              .formatted(NettyServer.MAX_MESSAGE_BYTES));
    }
    try {
      return Metric.parseFrom(message);
    } catch (IOException e) {
      throw Statuses.invalid(
          "message that cannot be parsed: expected one of the published proto file");
    }
  }

  @Override
  public InputStream stream(byte[] message) {
    throw new UnsupportedOperationException("a server sends no metrics");
  }

  @Override
  public byte[] parse(InputStream stream) {
    try {
      // Reading all of an unknown length takes buffers of 16 KiB.
      return stream instanceof KnownLength
          ? stream.readNBytes(stream.available())
          : stream.readAllBytes();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) {
        return TOO_LARGE;
      }
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
