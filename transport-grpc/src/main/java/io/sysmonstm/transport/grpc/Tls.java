package io.sysmonstm.transport.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextServerCredentials;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.sysmonstm.tls.CurrentTls;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * gRPC's credentials over the managers of the JDK, whose TLS it speaks: nothing native to unpack,
 * and the same verification on both ends. Server names are verified by gRPC in any case.
 */
final class Tls {
  // A session that is resumed is not verified anew, so that it must not last beyond a change.
  private static final int SESSION_SECONDS = 60;

  private Tls() {}

  /** Clients may show a certificate where there is somebody to verify it. */
  static ServerCredentials server(
      X509ExtendedKeyManager keys, Optional<X509ExtendedTrustManager> trust) {
    var builder = SslContextBuilder.forServer(keys);
    trust.ifPresent(manager -> builder.trustManager(manager).clientAuth(ClientAuth.OPTIONAL));
    try {
      return NettySslContextServerCredentials.create(configured(builder).build());
    } catch (SSLException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  /** Follows what is there: the next connection after a change shows and trusts the new state. */
  static ChannelCredentials client(CurrentTls tls) {
    return NettySslContextChannelCredentials.create(
        new RollingSslContext(
            tls, () -> clientContext(Optional.of(tls.keyManager()), tls.trustManager())));
  }

  /** Shows nothing. */
  static ChannelCredentials client(X509ExtendedTrustManager trust) {
    return NettySslContextChannelCredentials.create(clientContext(Optional.empty(), trust));
  }

  private static SslContext clientContext(
      Optional<X509ExtendedKeyManager> keys, X509ExtendedTrustManager trust) {
    var builder = SslContextBuilder.forClient().trustManager(trust);
    keys.ifPresent(builder::keyManager);
    try {
      return configured(builder).build();
    } catch (SSLException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  private static SslContextBuilder configured(SslContextBuilder builder) {
    return GrpcSslContexts.configure(builder, SslProvider.JDK)
        .protocols(CurrentTls.PROTOCOLS)
        .sessionTimeout(SESSION_SECONDS);
  }
}
