package io.sysmonstm.transport.grpc;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Networks;
import io.sysmonstm.spi.RateLimit;
import io.sysmonstm.spi.TimeSource;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * Keeps out who floods by ever new connections. A connection that floods is ended by gRPC; where
 * that happened to several of one network, its next ones are closed before a word is said, TLS
 * included, until some time has passed. Connections that are open go on. Loopback is exempt: a
 * whole fleet may come through a tunnel or proxy there. Thread-safe.
 */
final class FloodGuard {
  static final int FLOODS_AT_ONCE = 5;
  static final Duration PAUSE = Duration.ofSeconds(12);

  private static final EventLog LOG = EventLog.of(FloodGuard.class);
  // What gRPC says to clients that ping too often: a wrong setting, and no work for the server.
  private static final String PINGS = "too_many_pings";

  private final RateLimit floods;
  private final ServerCounters counters;
  private final boolean sparesLoopback;

  FloodGuard(TimeSource time, ServerCounters counters, boolean sparesLoopback) {
    this.sparesLoopback = sparesLoopback;
    this.floods = new RateLimit(FLOODS_AT_ONCE, PAUSE, time);
    this.counters = counters;
  }

  /** {@return the same credentials, behind the guard} */
  ServerCredentials guard(ServerCredentials credentials) {
    // The one place where a connection can be seen before its handshake; gRPC calls it internal.
    var behind = InternalNettyServerCredentials.toNegotiator(credentials);
    return InternalNettyServerCredentials.create(
        (InternalProtocolNegotiator.ServerFactory)
            executors -> new Guarded(behind.newNegotiator(executors)));
  }

  private void flooded(SocketAddress peer) {
    if (peer instanceof InetSocketAddress address) {
      floods.take(Networks.of(address.getAddress()));
      counters.flooded();
      LOG.warn(
          "grpc_flood",
          "Ended a connection that flooded",
          null,
          "from",
          address.getAddress().getHostAddress());
    }
  }

  private boolean isKeptOut(SocketAddress peer) {
    return peer instanceof InetSocketAddress address
        && !(sparesLoopback && address.getAddress().isLoopbackAddress())
        && floods.wait(Networks.of(address.getAddress())).isPresent();
  }

  private final class Guarded implements InternalProtocolNegotiator.ProtocolNegotiator {
    private final InternalProtocolNegotiator.ProtocolNegotiator behind;

    Guarded(InternalProtocolNegotiator.ProtocolNegotiator behind) {
      this.behind = behind;
    }

    @Override
    public AsciiString scheme() {
      return behind.scheme();
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http) {
      return new Door(http, behind.newHandler(http));
    }

    @Override
    public void close() {
      behind.close();
    }
  }

  /** Stands first in a new connection, and gives way to what negotiates. */
  private final class Door extends ChannelInboundHandlerAdapter {
    private final GrpcHttp2ConnectionHandler http;
    private final ChannelHandler next;

    Door(GrpcHttp2ConnectionHandler http, ChannelHandler next) {
      this.http = http;
      this.next = next;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      var peer = context.channel().remoteAddress();
      if (isKeptOut(peer)) {
        counters.keptOut();
        var _ = context.close();
        return;
      }
      http.connection()
          .addListener(
              new Http2ConnectionAdapter() {
                @Override
                public void onGoAwaySent(int lastStream, long error, ByteBuf detail) {
                  if (error == Http2Error.ENHANCE_YOUR_CALM.code()
                      && !detail.toString(US_ASCII).equals(PINGS)) {
                    flooded(peer);
                  }
                }
              });
      context.pipeline().replace(this, null, next);
    }
  }
}
