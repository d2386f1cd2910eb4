package io.sysmonstm.load;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.sysmonstm.transport.grpc.v1.Ack;
import io.sysmonstm.transport.grpc.v1.Batch;
import io.sysmonstm.transport.grpc.v1.Hello;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Machines that look like those of a company, for whoever wants to see a page full of them: each
 * has a stream of its own on a few connections, and what is lost is lost. Thread-safe.
 */
public final class MixedFleet implements AutoCloseable {
  private static final int STREAMS_PER_CONNECTION = 50;
  private static final long PAUSE_MILLIS = 500;
  private static final int PROCESSES_EVERY = 3;

  private final List<ManagedChannel> channels;
  private final List<Machine> machines;
  private final Duration interval;

  /**
   * Makes a fleet that does nothing yet.
   *
   * @param port where the aggregator listens, on the loopback interface
   * @param machines what they are
   * @param interval how often each sends
   */
  public MixedFleet(int port, List<MachineProfile> machines, Duration interval) {
    this.interval = interval;
    channels =
        Stream.generate(() -> Fleet.channel(port))
            .limit(Math.ceilDiv(machines.size(), STREAMS_PER_CONNECTION))
            .toList();
    this.machines =
        IntStream.range(0, machines.size())
            .mapToObj(i -> new Machine(machines.get(i), channels.get(i % channels.size()), i))
            .toList();
  }

  /**
   * Runs a fleet until it is killed.
   *
   * @param arguments the port of the aggregator, how many machines, and every how many seconds
   */
  public static void main(String[] arguments) throws InterruptedException {
    int port = Integer.parseInt(arguments[0]);
    var interval = Duration.ofSeconds(Long.parseLong(arguments[2]));
    var profiles = MachineProfile.likely(Integer.parseInt(arguments[1]));
    try (var fleet = new MixedFleet(port, profiles, interval)) {
      fleet.start();
      new CountDownLatch(1).await();
    }
  }

  /** Lets all machines send. */
  public MixedFleet start() {
    machines.forEach(machine -> machine.thread.start());
    return this;
  }

  /**
   * Lets a machine fall silent.
   *
   * @param machineId which
   */
  public void silence(String machineId) {
    machines.stream()
        .filter(machine -> machine.profile.machineId().equals(machineId))
        .forEach(machine -> machine.thread.interrupt());
  }

  @Override
  public void close() {
    machines.forEach(machine -> machine.thread.interrupt());
    channels.forEach(ManagedChannel::shutdownNow);
  }

  private final class Machine {
    private final MachineProfile profile;
    private final ManagedChannel channel;
    private final int number;
    private final Thread thread;
    private final ByteString epoch = random();
    private final ByteString instance = random();
    private long seq;

    Machine(MachineProfile profile, ManagedChannel channel, int number) {
      this.profile = profile;
      this.channel = channel;
      this.number = number;
      this.thread = Thread.ofVirtual().name(profile.machineId()).unstarted(this::run);
    }

    private void run() {
      try {
        // Spread over an interval, as real machines are.
        Thread.sleep(interval.toMillis() * (number % 97) / 97);
        while (true) {
          feed();
          Thread.sleep(PAUSE_MILLIS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void feed() throws InterruptedException {
      var stream = new MachineStream(channel, new Deaf());
      try {
        stream.open(hello());
        stream.awaitWelcome();
        boolean declared = false;
        while (stream.isOpen()) {
          if (stream.isReady()) {
            stream.send(request(!declared));
            declared = true;
          }
          Thread.sleep(interval);
        }
      } catch (StatusRuntimeException lost) {
        // Opened again soon.
      } finally {
        stream.cancel();
      }
    }

    private Hello hello() {
      return Hello.newBuilder()
          .setMachineId(profile.machineId())
          .setEpoch(epoch)
          .setInstance(instance)
          .setSentAtMs(System.currentTimeMillis())
          .setIntervalMs((int) interval.toMillis())
          .setResource(profile.resource())
          .build();
    }

    private IngestRequest request(boolean declaring) {
      long now = System.currentTimeMillis();
      var batch = Batch.newBuilder().setSeq(++seq).setObservedAtMs(now);
      for (int i = 0; i < profile.series().size(); i++) {
        var series = profile.series().get(i);
        if (declaring) {
          batch.addDeclare(series.declaration(i));
        }
        batch.addSeriesDelta(i == 0 ? 0 : 1).addValue(series.value(now));
      }
      if (seq % PROCESSES_EVERY == 1) {
        batch.addAllTopProcesses(profile.processes());
      }
      return IngestRequest.newBuilder().setBatch(batch).build();
    }
  }

  private static final class Deaf implements MachineStream.Listener {
    @Override
    public void acknowledged(Ack ack) {}

    @Override
    public void changed() {}
  }

  private static ByteString random() {
    var id = UUID.randomUUID();
    return ByteString.copyFrom(
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .flip());
  }
}
