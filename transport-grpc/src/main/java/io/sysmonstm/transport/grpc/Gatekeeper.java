package io.sysmonstm.transport.grpc;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.MachineAccess;
import io.sysmonstm.spi.MachineIdentity;
import io.sysmonstm.transport.grpc.v1.EnrolmentServiceGrpc;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Lets no call in whose client has not proved which machine it is: by a certificate, or else by a
 * bearer token. Looking it up may block and runs on the executor. Thread-safe.
 */
final class Gatekeeper implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  // The one call of those who have no credential yet.
  private static final String ENROL = EnrolmentServiceGrpc.getEnrolMethod().getFullMethodName();
  private static final String BEARER = "Bearer ";

  private final MachineAccess access;
  private final Executor executor;
  private final CredentialConnections connections;

  Gatekeeper(MachineAccess access, Executor executor, CredentialConnections connections) {
    this.access = access;
    this.executor = executor;
    this.connections = connections;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (call.getMethodDescriptor().getFullMethodName().equals(ENROL)) {
      return next.startCall(call, headers);
    }
    var deferred = new DeferredListener<Q>();
    executor.execute(() -> deferred.passTo(decide(call, headers, next)));
    return deferred;
  }

  private <Q, A> ServerCall.Listener<Q> decide(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    try {
      var identity = identify(call, headers);
      if (identity.isEmpty()) {
        return refuse(
            call,
            Status.UNAUTHENTICATED.withDescription(
                "no credential that holds: expected a client certificate of this aggregator's"
                    + " authority, or 'authorization: Bearer' with a machine's token"));
      }
      if (!connections.admits(identity.get().credentialId(), call.getAttributes())) {
        return refuse(
            call,
            Status.RESOURCE_EXHAUSTED.withDescription(
                "%d connections with this credential are open, the most there may be"
                    .formatted(CredentialConnections.MOST)));
      }
      var caller = Caller.of(identity.get(), certificate(call).isPresent(), access, source(call));
      return caller.context().call(() -> next.startCall(call, headers));
    } catch (SysmonstmException failure) {
      return refuse(call, Statuses.of(failure));
    } catch (Exception failure) {
      return refuse(call, ServerParts.statusOf(new IllegalStateException(failure)));
    }
  }

  private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, Status status) {
    call.close(status, Overload.refused(status));
    return new ServerCall.Listener<>() {};
  }

  private Optional<MachineIdentity> identify(ServerCall<?, ?> call, Metadata headers) {
    var certificate = certificate(call);
    if (certificate.isPresent()) {
      return certificate.flatMap(access::byCertificate);
    }
    return Optional.ofNullable(headers.get(AUTHORIZATION))
        .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .flatMap(value -> access.byToken(value.substring(BEARER.length())));
  }

  private static Optional<X509Certificate> certificate(ServerCall<?, ?> call) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return Optional.empty();
    }
    try {
      return Optional.of((X509Certificate) session.getPeerCertificates()[0]);
    } catch (SSLPeerUnverifiedException showsNone) {
      return Optional.empty();
    }
  }

  /** The network address that a call comes from. */
  static String source(ServerCall<?, ?> call) {
    SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return remote instanceof InetSocketAddress internet && internet.getAddress() != null
        ? internet.getAddress().getHostAddress()
        : "unknown";
  }
}
