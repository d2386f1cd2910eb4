package io.sysmonstm.distributions;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Follows what a server says of its health, as a balancer does. Thread-safe. */
final class HealthWatch implements AutoCloseable {
  private final ManagedChannel channel;
  private final List<String> seen = new CopyOnWriteArrayList<>();

  HealthWatch(int port) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    HealthGrpc.newStub(channel)
        .watch(
            HealthCheckRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(HealthCheckResponse answer) {
                seen.add(answer.getStatus().name());
              }

              @Override
              public void onError(Throwable cause) {
                seen.add("ended");
              }

              @Override
              public void onCompleted() {
                seen.add("ended");
              }
            });
  }

  /** Returns the states it was told, in order, and {@code ended} once the stream has. */
  List<String> seen() {
    return List.copyOf(seen);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
