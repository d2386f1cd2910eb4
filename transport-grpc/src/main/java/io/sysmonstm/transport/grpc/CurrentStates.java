package io.sysmonstm.transport.grpc;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MetricRegistry;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.Sample;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.transport.grpc.v1.AllMachinesState;
import io.sysmonstm.transport.grpc.v1.Empty;
import io.sysmonstm.transport.grpc.v1.Metric;
import io.sysmonstm.transport.grpc.v1.StateRequest;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Answers what the state of machines is. The store may block, so that every question is a task of
 * the executor.
 */
final class CurrentStates {
  private final CurrentStore current;
  private final Executor executor;

  CurrentStates(CurrentStore current, Executor executor) {
    this.current = current;
    this.executor = executor;
  }

  void machine(
      StateRequest request, StreamObserver<io.sysmonstm.transport.grpc.v1.MachineState> observer) {
    answer(
        observer,
        () ->
            current
                .machine(request.getMachineId())
                .map(CurrentStates::encode)
                .orElseThrow(
                    () ->
                        Status.NOT_FOUND
                            .withDescription(
                                "machine '%s' was never seen"
                                    .formatted(Names.shown(request.getMachineId())))
                            .asRuntimeException()));
  }

  void machines(Empty request, StreamObserver<AllMachinesState> observer) {
    answer(
        observer,
        () -> {
          var all = AllMachinesState.newBuilder();
          current.machines().forEach(machine -> all.addMachines(encode(machine)));
          return all.build();
        });
  }

  private <T> void answer(StreamObserver<T> observer, Supplier<T> question) {
    executor.execute(
        () -> {
          try {
            observer.onNext(question.get());
            observer.onCompleted();
          } catch (io.grpc.StatusRuntimeException known) {
            observer.onError(known);
          } catch (RuntimeException failure) {
            observer.onError(ServerParts.statusOf(failure).asRuntimeException());
          }
        });
  }

  private static io.sysmonstm.transport.grpc.v1.MachineState encode(MachineState state) {
    var wire =
        io.sysmonstm.transport.grpc.v1.MachineState.newBuilder()
            .setMachineId(state.machineId())
            .setHostname(state.resource().hostname())
            .setLastSeenMs(state.lastSeen().toEpochMilli());
    for (var sample : state.samples()) {
      // Metrics without a number in the enum cannot be told on this wire.
      MetricRegistry.builtIn()
          .find(sample.metric())
          .ifPresent(
              metric ->
                  metric
                      .protoNumber()
                      .ifPresent(type -> wire.addCurrentMetrics(encode(state, sample, type))));
    }
    return wire.build();
  }

  private static Metric encode(MachineState state, Sample sample, int type) {
    return Metric.newBuilder()
        .setMachineId(state.machineId())
        .setHostname(state.resource().hostname())
        .setTimestampMs(sample.observedAt().toEpochMilli())
        .setTypeValue(type)
        .setValue(sample.value())
        .putAllLabels(sample.labels().asMap())
        .build();
  }
}
