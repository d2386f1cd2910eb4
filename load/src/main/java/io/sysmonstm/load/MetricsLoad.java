package io.sysmonstm.load;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.sysmonstm.transport.grpc.v1.Metric;
import io.sysmonstm.transport.grpc.v1.MetricType;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;
import io.sysmonstm.transport.grpc.v1.StreamAck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Machines that send one metric a message over {@code StreamMetrics}, as fast as the server takes
 * them: one call after the other, each of some cycles and with an acknowledgement at its end.
 */
public final class MetricsLoad implements AutoCloseable {
  /** The metrics of one cycle of one machine. */
  public static final int METRICS_PER_CYCLE = 20;

  private static final int CORES = METRICS_PER_CYCLE - 3;

  private final List<Machine> machines = new ArrayList<>();
  private final Ledger ledger = new Ledger();
  private final int cyclesPerCall;
  private volatile boolean stopping;

  /**
   * Describes a load; nothing is sent yet.
   *
   * @param port where the aggregator listens, on the loopback interface
   * @param machines how many, each on a connection of its own
   * @param cyclesPerCall how many cycles of 20 metrics a call carries
   */
  public MetricsLoad(int port, int machines, int cyclesPerCall) {
    this.cyclesPerCall = cyclesPerCall;
    // In the past, so that a millisecond a cycle does not run far into the future.
    long startMillis = System.currentTimeMillis() - TimeUnit.MINUTES.toMillis(1);
    for (int number = 0; number < machines; number++) {
      this.machines.add(new Machine(SimulatedMachine.id(number), Fleet.channel(port), startMillis));
    }
  }

  /** Lets all machines send. */
  public MetricsLoad start() {
    machines.forEach(Machine::call);
    return this;
  }

  /** Returns what was counted; a call counts as a batch. */
  public Ledger ledger() {
    return ledger;
  }

  /** Returns how many metrics were acknowledged as stored. */
  public long acceptedMetrics() {
    return machines.stream().mapToLong(machine -> machine.accepted).sum();
  }

  /** Returns how many calls failed, or were answered without success. */
  public long failedCalls() {
    return machines.stream().mapToLong(machine -> machine.failed).sum();
  }

  /**
   * Begins no more calls and waits for the last acknowledgements.
   *
   * @param patience how long
   * @return whether all have come
   */
  public boolean finish(Duration patience) throws InterruptedException {
    stopping = true;
    long end = System.nanoTime() + patience.toNanos();
    for (var machine : machines) {
      if (!machine.done.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    stopping = true;
    machines.forEach(machine -> machine.channel.shutdownNow());
  }

  /** One machine; its calls follow each other, so that only one thread at a time counts. */
  private final class Machine {
    private final Metric.Builder[] metrics = new Metric.Builder[METRICS_PER_CYCLE];
    private final CountDownLatch done = new CountDownLatch(1);
    private final ManagedChannel channel;
    private long nextMillis;
    private volatile long accepted;
    private volatile long failed;

    Machine(String id, ManagedChannel channel, long startMillis) {
      this.channel = channel;
      this.nextMillis = startMillis;
      for (int i = 0; i < METRICS_PER_CYCLE; i++) {
        metrics[i] = Metric.newBuilder().setMachineId(id).setHostname(id).setType(type(i));
        if (i >= METRICS_PER_CYCLE - CORES) {
          metrics[i].putLabels("core", Integer.toString(i));
        }
      }
    }

    void call() {
      ledger.opened();
      var _ = MetricsServiceGrpc.newStub(channel).streamMetrics(new Call(this));
    }

    Metric next(int index) {
      if (index == 0) {
        nextMillis++;
      }
      return metrics[index]
          .setTimestampMs(nextMillis)
          .setValue((double) ((nextMillis + index) % 100))
          .build();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One call at a time, and its callbacks in order.
    void ended(@Nullable StreamAck ack) {
      if (ack != null && ack.getSuccess()) {
        accepted += ack.getMetricsReceived() - ack.getMetricsRejected();
        ledger.rejected(ack.getMetricsRejected());
      } else {
        failed++;
      }
      if (stopping || ack == null) {
        done.countDown();
      } else {
        call();
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

  private final class Call implements ClientResponseObserver<Metric, StreamAck> {
    private final Machine machine;
    private final int messages = cyclesPerCall * METRICS_PER_CYCLE;
    private int sent;
    private long sentNanos;
    private @Nullable StreamAck answer;

    Call(Machine machine) {
      this.machine = machine;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Metric> requests) {
      requests.setOnReadyHandler(() -> fill(requests));
    }

    private void fill(ClientCallStreamObserver<Metric> requests) {
      while (sent < messages && requests.isReady()) {
        requests.onNext(machine.next(sent % METRICS_PER_CYCLE));
        if (++sent == messages) {
          sentNanos = System.nanoTime();
          ledger.made();
          requests.onCompleted();
        }
      }
    }

    @Override
    public void onNext(StreamAck ack) {
      ledger.durable(System.nanoTime() - sentNanos);
      answer = ack;
    }

    @Override
    public void onError(Throwable cause) {
      machine.ended(null);
    }

    @Override
    public void onCompleted() {
      machine.ended(answer);
    }
  }
}
