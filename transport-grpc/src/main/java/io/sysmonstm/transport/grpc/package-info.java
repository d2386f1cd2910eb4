/**
 * The gRPC transport. {@link io.sysmonstm.transport.grpc.GrpcMetricSender} is the collector's end,
 * {@link io.sysmonstm.transport.grpc.GrpcIngestServer} the aggregator's.
 */
package io.sysmonstm.transport.grpc;
