package io.sysmonstm.transport.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.sysmonstm.transport.grpc.v1.EnrolmentServiceGrpc;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;

/**
 * The services as gRPC wants them. Streams use calls directly: flow control and ends are theirs to
 * decide.
 */
final class Services {
  private Services() {}

  static ServerServiceDefinition ingest(ServerParts parts) {
    var method = IngestServiceGrpc.getIngestMethod();
    var marshaller =
        TolerantMarshaller.of(method.getRequestMarshaller(), IngestRequest.getDefaultInstance());
    return ServerServiceDefinition.builder(IngestServiceGrpc.SERVICE_NAME)
        .addMethod(
            with(method, marshaller),
            (call, headers) -> {
              var stream = new IngestStream(call, parts, marshaller, Caller.current());
              stream.start();
              return stream;
            })
        .build();
  }

  static ServerServiceDefinition metrics(ServerParts parts, CurrentStates states) {
    var method = MetricsServiceGrpc.getStreamMetricsMethod();
    return ServerServiceDefinition.builder(MetricsServiceGrpc.SERVICE_NAME)
        .addMethod(
            method.toBuilder(new MetricMarshaller(), method.getResponseMarshaller()).build(),
            (call, headers) -> {
              var stream = new MetricsStream(call, parts, Caller.current());
              stream.start();
              return stream;
            })
        .addMethod(
            MetricsServiceGrpc.getGetCurrentStateMethod(),
            ServerCalls.asyncUnaryCall(states::machine))
        .addMethod(
            MetricsServiceGrpc.getGetAllStatesMethod(),
            ServerCalls.asyncUnaryCall(states::machines))
        .build();
  }

  /** Certificates for who has a token or a certificate; to be behind the gatekeeper. */
  static ServerServiceDefinition enrolment(Enrolments enrolments) {
    return ServerServiceDefinition.builder(EnrolmentServiceGrpc.SERVICE_NAME)
        .addMethod(
            EnrolmentServiceGrpc.getEnrolMethod(), ServerCalls.asyncUnaryCall(enrolments::enrol))
        .addMethod(
            EnrolmentServiceGrpc.getRenewMethod(),
            ServerCalls.asyncUnaryCall(
                (request, observer) -> enrolments.renew(request, Caller.current(), observer)))
        .build();
  }

  private static <T extends MessageLite, R> MethodDescriptor<T, R> with(
      MethodDescriptor<T, R> method, TolerantMarshaller<T> marshaller) {
    return method.toBuilder(marshaller, method.getResponseMarshaller()).build();
  }
}
