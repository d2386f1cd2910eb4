package io.sysmonstm.transport.grpc;

import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.TlsMaterial;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * The context of a client whose certificate and authorities change. A session that is resumed
 * proves again what its first handshake proved: with a context for each state, and so with sessions
 * of its own, no connection after a change shows what was there before it. Thread-safe.
 */
final class RollingSslContext extends SslContext {
  private record Built(TlsMaterial material, SslContext context) {}

  private final CurrentTls tls;
  private final Supplier<SslContext> build;
  private volatile Built built;

  RollingSslContext(CurrentTls tls, Supplier<SslContext> build) {
    this.tls = tls;
    this.build = build;
    built = new Built(tls.material(), build.get());
  }

  private SslContext current() {
    var now = built;
    var material = tls.material();
    if (!now.material.equals(material)) {
      now = new Built(material, build.get());
      built = now;
    }
    return now.context;
  }

  @Override
  public boolean isClient() {
    return true;
  }

  @Override
  public List<String> cipherSuites() {
    return built.context.cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // Netty's own signature, which there is no other of.
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return built.context.applicationProtocolNegotiator();
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator alloc) {
    return current().newEngine(alloc);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator alloc, String peerHost, int peerPort) {
    return current().newEngine(alloc, peerHost, peerPort);
  }

  @Override
  public SSLSessionContext sessionContext() {
    return built.context.sessionContext();
  }
}
