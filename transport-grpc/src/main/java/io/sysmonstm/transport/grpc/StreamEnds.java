package io.sysmonstm.transport.grpc;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;
import java.util.Set;

/**
 * Counts how streams end, those too that gRPC ends by itself, for what it cannot read or what is
 * too large. Thread-safe.
 */
final class StreamEnds extends ServerStreamTracer.Factory {
  private static final Set<String> STREAMS =
      Set.of(
          IngestServiceGrpc.getIngestMethod().getFullMethodName(),
          MetricsServiceGrpc.getStreamMetricsMethod().getFullMethodName());
  private static final ServerStreamTracer NOT_COUNTED = new ServerStreamTracer() {};

  private final ServerStreamTracer counted;

  StreamEnds(ServerCounters counters) {
    counted =
        new ServerStreamTracer() {
          @Override
          public void streamClosed(Status status) {
            counters.streamEnded(status.getCode());
          }
        };
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    return STREAMS.contains(fullMethodName) ? counted : NOT_COUNTED;
  }
}
