package io.sysmonstm.web.helidon.internal.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/** A context like another one, but for server sockets, which are {@link GuardedServerSocket}s. */
final class GuardedTls extends SSLContext {
  private GuardedTls(SSLContext context, Arrivals arrivals) {
    super(new Spi(context, arrivals), context.getProvider(), context.getProtocol());
  }

  /**
   * {@return a context}
   *
   * @param context what TLS is spoken by
   * @param arrivals lets connections in
   */
  static SSLContext of(SSLContext context, Arrivals arrivals) {
    return new GuardedTls(context, arrivals);
  }

  private static final class Spi extends SSLContextSpi {
    private final SSLContext context;
    private final Arrivals arrivals;

    private Spi(SSLContext context, Arrivals arrivals) {
      this.context = context;
      this.arrivals = arrivals;
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {
      throw new IllegalStateException("the context is initialised already");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return context.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return new Factory(context, arrivals);
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return context.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return context.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return context.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return context.getClientSessionContext();
    }
  }

  private static final class Factory extends SSLServerSocketFactory {
    private final SSLContext context;
    private final Arrivals arrivals;

    private Factory(SSLContext context, Arrivals arrivals) {
      this.context = context;
      this.arrivals = arrivals;
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return context.getDefaultSSLParameters().getCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return context.getSupportedSSLParameters().getCipherSuites();
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
      return new GuardedServerSocket(context, arrivals);
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
      return bound(new InetSocketAddress(port), 0);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
      return bound(new InetSocketAddress(port), backlog);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address)
        throws IOException {
      return bound(new InetSocketAddress(address, port), backlog);
    }

    private ServerSocket bound(InetSocketAddress address, int backlog) throws IOException {
      var socket = createServerSocket();
      socket.bind(address, backlog);
      return socket;
    }
  }
}
