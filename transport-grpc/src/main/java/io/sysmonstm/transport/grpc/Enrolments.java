package io.sysmonstm.transport.grpc;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.stub.StreamObserver;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.MachineAccess;
import io.sysmonstm.transport.grpc.v1.EnrolRequest;
import io.sysmonstm.transport.grpc.v1.Enrolled;
import io.sysmonstm.transport.grpc.v1.RenewRequest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Lets machines in, and renews what they came in with; both may block. Thread-safe. */
final class Enrolments {
  private static final Context.Key<String> SOURCE = Context.keyWithDefault("source", "unknown");

  /** Tells {@link #enrol} where a call comes from. */
  static final ServerInterceptor SOURCES =
      new ServerInterceptor() {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
          return Contexts.interceptCall(
              Context.current().withValue(SOURCE, Gatekeeper.source(call)), call, headers, next);
        }
      };

  private final MachineAccess access;
  private final Executor executor;

  Enrolments(MachineAccess access, Executor executor) {
    this.access = access;
    this.executor = executor;
  }

  void enrol(EnrolRequest request, StreamObserver<Enrolled> observer) {
    var source = SOURCE.get();
    answer(
        observer,
        () ->
            access.enrol(
                request.getToken(), request.getCertificateRequest().toByteArray(), source));
  }

  void renew(RenewRequest request, Caller caller, StreamObserver<Enrolled> observer) {
    answer(
        observer,
        () ->
            access.renew(
                caller
                    .certified()
                    .orElseThrow(
                        () ->
                            new RequestException(
                                ErrorCode.UNAUTHENTICATED, "expected a client certificate")),
                request.getCertificateRequest().toByteArray(),
                caller.source()));
  }

  private void answer(
      StreamObserver<Enrolled> observer, Supplier<MachineAccess.Enrolled> question) {
    executor.execute(
        () -> {
          try {
            observer.onNext(encode(question.get()));
            observer.onCompleted();
          } catch (RuntimeException failure) {
            observer.onError(ServerParts.statusOf(failure).asRuntimeException());
          }
        });
  }

  private static Enrolled encode(MachineAccess.Enrolled enrolled) {
    return Enrolled.newBuilder()
        .setMachineId(enrolled.machineId())
        .addAllChain(encode(enrolled.chain()))
        .addAllTrust(encode(enrolled.trust()))
        .build();
  }

  private static List<ByteString> encode(List<X509Certificate> certificates) {
    return certificates.stream().map(Enrolments::encode).toList();
  }

  private static ByteString encode(X509Certificate certificate) {
    try {
      return ByteString.copyFrom(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("an issued certificate cannot be encoded", e);
    }
  }
}
