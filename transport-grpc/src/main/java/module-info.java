import org.jspecify.annotations.NullMarked;

/**
 * The gRPC transport: protocol, client and server sides. Depend on it to feed an aggregator, to be
 * one, or, through the generated stubs, to read the state of machines.
 */
@NullMarked
@SuppressWarnings({
  // gRPC and protobuf have no module descriptors; their automatic module names are stable.
  "requires-automatic",
  "requires-transitive-automatic"
})
module io.sysmonstm.transport.grpc {
  requires transitive io.sysmonstm.spi;
  requires transitive io.sysmonstm.tls;
  requires transitive com.google.common;
  requires transitive com.google.protobuf;
  requires transitive io.grpc;
  requires transitive io.grpc.stub;
  // The guard against floods names a type of it.
  requires io.grpc.internal;
  requires io.grpc.netty.shaded;
  requires io.grpc.protobuf;
  requires io.grpc.services;
  // What the automatic modules need and cannot ask for.
  requires com.google.common.util.concurrent.internal;
  requires java.logging;
  requires java.naming;
  requires jdk.unsupported;
  requires static org.jspecify;

  exports io.sysmonstm.transport.grpc;
  exports io.sysmonstm.transport.grpc.v1;

  provides io.sysmonstm.spi.IngestServerProvider with
      io.sysmonstm.transport.grpc.GrpcIngestServerProvider;
  provides io.sysmonstm.spi.MetricSenderProvider with
      io.sysmonstm.transport.grpc.GrpcMetricSenderProvider;
}
