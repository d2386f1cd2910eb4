package io.sysmonstm.transport.grpc;

import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.sysmonstm.spi.MachineAccess;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Puts gRPC's server together: what a connection may do, who is asked before a call, and the
 * services.
 */
final class NettyServer {
  /**
   * The greatest size of a message, before and after inflation: 1 MiB, of which a batch needs a few
   * kilobytes.
   */
  static final int MAX_MESSAGE_BYTES = 1 << 20;

  static final int MAX_METADATA_BYTES = 8 << 10;
  static final int MAX_STREAMS_PER_CONNECTION = 1_000;
  static final int MAX_RESETS = 200;
  private static final int RESETS_WINDOW_SECONDS = 10;
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);
  private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(20);
  // What each connection may have waiting here. The default grows to 8 MiB, seconds of backlog.
  private static final int FLOW_CONTROL_WINDOW = 128 << 10;
  static final Duration PERMITTED_KEEP_ALIVE = Duration.ofSeconds(5);
  // A connection without a stream; clients that come back make a new one.
  private static final Duration IDLE = Duration.ofMinutes(5);

  private NettyServer() {}

  static Server create(
      GrpcIngestServer.Builder builder,
      ServerParts parts,
      CurrentStates states,
      HealthReporter health,
      Optional<MachineAccess> access) {
    var connections = new ConnectionLimit(builder.maxConnections, parts.counters());
    var credentialConnections = new CredentialConnections();
    var guard = new FloodGuard(parts.time(), parts.counters(), builder.sparesLoopback);
    var interceptors = new ArrayList<ServerInterceptor>();
    access.ifPresent(
        known -> interceptors.add(new Gatekeeper(known, parts.executor(), credentialConnections)));
    // The last of the list is asked first.
    interceptors.add(connections);
    var server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(builder.listen.host(), builder.listen.port()),
                guard.guard(credentials(builder, access)))
            .directExecutor()
            .flowControlWindow(FLOW_CONTROL_WINDOW)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .maxInboundMetadataSize(MAX_METADATA_BYTES)
            .maxConcurrentCallsPerConnection(MAX_STREAMS_PER_CONNECTION)
            .maxRstFramesPerWindow(MAX_RESETS, RESETS_WINDOW_SECONDS)
            .keepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
            .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
            .permitKeepAliveTime(builder.permittedKeepAlive.toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(true)
            .maxConnectionAge(builder.maxConnectionAge.toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAgeGrace(builder.ageGrace().toMillis(), TimeUnit.MILLISECONDS)
            .handshakeTimeout(builder.limits.helloTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionIdle(IDLE.toMinutes(), TimeUnit.MINUTES)
            .addTransportFilter(connections)
            .addTransportFilter(credentialConnections)
            .addStreamTracerFactory(new StreamEnds(parts.counters()))
            .addService(ServerInterceptors.intercept(Services.ingest(parts), interceptors))
            .addService(ServerInterceptors.intercept(Services.metrics(parts, states), interceptors))
            .addService(health.service());
    access.ifPresent(
        known -> {
          var enrolments = new Enrolments(known, parts.executor());
          interceptors.addFirst(Enrolments.SOURCES);
          server.addService(
              ServerInterceptors.intercept(Services.enrolment(enrolments), interceptors));
        });
    return server.build();
  }

  private static ServerCredentials credentials(
      GrpcIngestServer.Builder builder, Optional<MachineAccess> access) {
    var keys =
        builder
            .files
            .map(files -> files.tls().keyManager())
            .or(() -> access.map(MachineAccess::keyManager));
    return keys.map(manager -> Tls.server(manager, access.map(MachineAccess::trustManager)))
        .orElse(builder.credentials);
  }
}
