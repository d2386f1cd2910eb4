package io.sysmonstm.load;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Many simulated machines, each with a stream of its own, on a few connections. Thread-safe. */
public final class Fleet implements AutoCloseable {
  private static final int STREAMS_PER_CONNECTION = 50;

  private final List<ManagedChannel> channels;
  private final List<SimulatedMachine> machines;
  private final Workload workload;
  private final Ledger ledger = new Ledger();

  /**
   * Makes a fleet that does nothing yet.
   *
   * @param port where the aggregator listens, on the loopback interface
   * @param size how many machines
   * @param workload what each sends
   * @param pace how often
   */
  public Fleet(int port, int size, Workload workload, Pace pace) {
    this(port, 0, size, workload, pace);
  }

  /**
   * Makes a fleet beside another one.
   *
   * @param port where the aggregator listens, on the loopback interface
   * @param first the number of its first machine
   * @param size how many machines
   * @param workload what each sends
   * @param pace how often
   */
  public Fleet(int port, int first, int size, Workload workload, Pace pace) {
    this.workload = workload;
    channels =
        Stream.generate(() -> channel(port))
            .limit(Math.ceilDiv(size, STREAMS_PER_CONNECTION))
            .toList();
    machines =
        IntStream.range(first, first + size)
            .mapToObj(
                number ->
                    new SimulatedMachine(
                        number, workload, pace, channels.get(number % channels.size()), ledger))
            .toList();
  }

  static ManagedChannel channel(int port) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port)
        .usePlaintext()
        .directExecutor()
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(5, TimeUnit.SECONDS)
        .build();
  }

  /** Lets all machines send. */
  public Fleet start() {
    machines.forEach(SimulatedMachine::start);
    return this;
  }

  /** Returns what was counted. */
  public Ledger ledger() {
    return ledger;
  }

  /** Returns the machines, by number. */
  public List<SimulatedMachine> machines() {
    return machines;
  }

  /** Returns what each machine sends. */
  public Workload workload() {
    return workload;
  }

  /** Returns how many machines have a stream, as far as they know. */
  public long connected() {
    return machines.stream().filter(SimulatedMachine::isConnected).count();
  }

  /** Lets no machine make another batch; what there is is still delivered. */
  public void stopProducing() {
    machines.forEach(SimulatedMachine::stopProducing);
  }

  /** Returns how many batches were made. */
  public long batches() {
    return machines.stream().mapToLong(SimulatedMachine::lastSeq).sum();
  }

  /** Returns how many batches are not durable yet. */
  public long unacknowledgedBatches() {
    return machines.stream().mapToLong(SimulatedMachine::unacknowledgedBatches).sum();
  }

  /**
   * Makes no more batches and waits until all are durable.
   *
   * @param patience how long
   * @return whether all are
   */
  public boolean drain(Duration patience) throws InterruptedException {
    stopProducing();
    long end = System.nanoTime() + patience.toNanos();
    while (unacknowledgedBatches() > 0 && System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return unacknowledgedBatches() == 0;
  }

  @Override
  public void close() {
    machines.forEach(SimulatedMachine::close);
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
