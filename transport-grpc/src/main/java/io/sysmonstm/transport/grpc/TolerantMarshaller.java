package io.sysmonstm.transport.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import java.io.InputStream;

/**
 * Parses requests, and answers with a marker for bytes that are not one: left alone, gRPC ends such
 * a stream with UNKNOWN, which tells a client nothing.
 */
final class TolerantMarshaller<T extends MessageLite> implements MethodDescriptor.Marshaller<T> {
  private final MethodDescriptor.Marshaller<T> parser;
  private final T malformed;
  private final T tooLarge;

  private TolerantMarshaller(MethodDescriptor.Marshaller<T> parser, T malformed, T tooLarge) {
    this.parser = parser;
    this.malformed = malformed;
    this.tooLarge = tooLarge;
  }

  /**
   * A marshaller with two markers that are told apart by identity, from everything that is parsed
   * too.
   */
  @SuppressWarnings("unchecked") // A message builds messages of its own class.
  static <T extends MessageLite> TolerantMarshaller<T> of(
      MethodDescriptor.Marshaller<T> parser, T example) {
    return new TolerantMarshaller<>(
        parser, (T) example.newBuilderForType().build(), (T) example.newBuilderForType().build());
  }

  /** Throws what the stream shall end with, where a request is a marker. */
  @SuppressWarnings("ReferenceEquality") // Markers are equal to any empty message.
  void check(T request) {
    if (request == malformed) {
      throw Statuses.invalid(
          "message that cannot be parsed: expected one of the published proto file");
    }
    if (request == tooLarge) {
      throw new RequestException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "message too large once inflated: expected at most %d bytes"
              .formatted(NettyServer.MAX_MESSAGE_BYTES));
    }
  }

  @Override
  public InputStream stream(T value) {
    return parser.stream(value);
  }

  @Override
  public T parse(InputStream stream) {
    try {
      return parser.parse(stream);
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED ? tooLarge : malformed;
    }
  }
}
