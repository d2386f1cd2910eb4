package io.sysmonstm.load;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.sysmonstm.transport.grpc.v1.Metric;
import io.sysmonstm.transport.grpc.v1.MetricType;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;
import io.sysmonstm.transport.grpc.v1.StreamAck;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Machines that send one metric a message over {@code StreamMetrics}, as fast as the server takes
 * them. Each machine is one call of a given number of metrics, answered by one acknowledgement.
 */
public final class MetricsLoad {
  /** What came of it. */
  public record Outcome(long received, long rejected, long failedCalls) {}

  private static final int METRICS_PER_CYCLE = 20;
  private static final int CORES = METRICS_PER_CYCLE - 3;

  private final int port;
  private final int machines;
  private final int cycles;

  /**
   * Describes a load.
   *
   * @param port where the aggregator listens, on the loopback interface
   * @param machines how many, each on a connection of its own
   * @param cycles how many cycles of 20 metrics each machine sends
   */
  public MetricsLoad(int port, int machines, int cycles) {
    this.port = port;
    this.machines = machines;
    this.cycles = cycles;
  }

  /** Returns how many metrics it sends in all. */
  public long metrics() {
    return (long) machines * cycles * METRICS_PER_CYCLE;
  }

  /** Sends everything, waits for the acknowledgements, and returns what they say. */
  public Outcome run() throws InterruptedException {
    List<ManagedChannel> channels = new ArrayList<>();
    List<Call> calls = new ArrayList<>();
    try {
      // In the past, so that a millisecond a cycle does not run far into the future.
      long startMillis = System.currentTimeMillis() - TimeUnit.MINUTES.toMillis(1);
      for (int machine = 0; machine < machines; machine++) {
        var channel = Fleet.channel(port);
        channels.add(channel);
        var call = new Call(SimulatedMachine.id(machine), cycles, startMillis);
        calls.add(call);
        var _ = MetricsServiceGrpc.newStub(channel).streamMetrics(call);
      }
      return outcome(calls);
    } finally {
      channels.forEach(ManagedChannel::shutdownNow);
    }
  }

  private static Outcome outcome(List<Call> calls) {
    long received = 0;
    long rejected = 0;
    long failed = 0;
    for (var call : calls) {
      try {
        var ack = call.answer.join();
        received += ack.getMetricsReceived();
        rejected += ack.getMetricsRejected();
        failed += ack.getSuccess() ? 0 : 1;
      } catch (RuntimeException lost) {
        failed++;
      }
    }
    return new Outcome(received, rejected, failed);
  }

  private static final class Call implements ClientResponseObserver<Metric, StreamAck> {
    private final CompletableFuture<StreamAck> answer = new CompletableFuture<>();
    private final Metric.Builder[] metrics = new Metric.Builder[METRICS_PER_CYCLE];
    private final long messages;
    private final long startMillis;
    private long sent;

    Call(String machineId, int cycles, long startMillis) {
      this.messages = (long) cycles * METRICS_PER_CYCLE;
      this.startMillis = startMillis;
      for (int i = 0; i < METRICS_PER_CYCLE; i++) {
        metrics[i] =
            Metric.newBuilder().setMachineId(machineId).setHostname(machineId).setType(type(i));
        if (i >= 3) {
          metrics[i].putLabels("core", Integer.toString(i % CORES));
        }
      }
    }

    private static MetricType type(int index) {
      return switch (index) {
        case 0 -> MetricType.CPU_PERCENT;
        case 1 -> MetricType.MEMORY_PERCENT;
        case 2 -> MetricType.LOAD_AVG_1M;
        default -> MetricType.CPU_PERCENT_PER_CORE;
      };
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Metric> requests) {
      requests.setOnReadyHandler(() -> fill(requests));
    }

    private void fill(ClientCallStreamObserver<Metric> requests) {
      while (sent < messages && requests.isReady()) {
        long cycle = sent / METRICS_PER_CYCLE;
        int index = (int) (sent % METRICS_PER_CYCLE);
        requests.onNext(
            metrics[index]
                .setTimestampMs(startMillis + cycle)
                .setValue((double) ((cycle + index) % 100))
                .build());
        if (++sent == messages) {
          requests.onCompleted();
        }
      }
    }

    @Override
    public void onNext(StreamAck ack) {
      answer.complete(ack);
    }

    @Override
    public void onError(Throwable cause) {
      answer.completeExceptionally(cause);
    }

    @Override
    public void onCompleted() {}
  }
}
