package io.sysmonstm.load;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.sysmonstm.transport.grpc.v1.Ack;
import io.sysmonstm.transport.grpc.v1.Batch;
import io.sysmonstm.transport.grpc.v1.Durability;
import io.sysmonstm.transport.grpc.v1.Hello;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.Rejection;
import io.sysmonstm.transport.grpc.v1.Resource;
import io.sysmonstm.transport.grpc.v1.Welcome;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One machine that speaks {@code Ingest} and never gives up: it makes a batch at its pace whether
 * there is a stream or not, sends fresh ones first, keeps each until it is durable, and opens its
 * stream again, soon, when that is lost. Then, and when history has come back, it also repeats a
 * few that are durable, so that there are duplicates for certain. Thread-safe.
 */
public final class SimulatedMachine implements AutoCloseable {
  private static final long LEAST_BACKOFF_MILLIS = 100;
  private static final long MOST_BACKOFF_MILLIS = 1_000;
  private static final long VOLATILE_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final int number;
  private final String id;
  private final Workload workload;
  private final Pace pace;
  private final ManagedChannel channel;
  private final Ledger ledger;
  private final ByteString epoch = bytes(UUID.randomUUID());
  private final ByteString instance = bytes(UUID.randomUUID());
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private final Unacknowledged unacknowledged = new Unacknowledged();
  private long lastSeq;
  private long lastMillis;
  private boolean producing = true;
  private boolean toldVolatile;
  private boolean repeating;
  private volatile boolean connected;
  private volatile boolean closed;
  private volatile Thread thread = Thread.currentThread();

  /**
   * Describes a machine.
   *
   * @param number its number, which its values follow from
   * @param workload what it sends
   * @param pace how often
   * @param channel to the aggregator; not closed
   * @param ledger where it counts
   */
  public SimulatedMachine(
      int number, Workload workload, Pace pace, ManagedChannel channel, Ledger ledger) {
    this.number = number;
    this.id = id(number);
    this.workload = workload;
    this.pace = pace;
    this.channel = channel;
    this.ledger = ledger;
  }

  /** Returns the machine id of a number. */
  public static String id(int number) {
    return "sim-" + number;
  }

  /** Returns its number, which its values follow from. */
  public int number() {
    return number;
  }

  /** Returns its machine id. */
  public String id() {
    return id;
  }

  /** Begins to send. */
  public void start() {
    thread = Thread.ofVirtual().name(id).start(this::run);
  }

  /** Makes no more batches; what there is is still delivered. */
  public void stopProducing() {
    lock.lock();
    try {
      producing = false;
    } finally {
      lock.unlock();
    }
    wake();
  }

  /** Returns the number of the last batch it made, which is how many there are. */
  public long lastSeq() {
    lock.lock();
    try {
      return lastSeq;
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether it has a stream that was welcomed and of whose end it does not know. */
  public boolean isConnected() {
    return connected;
  }

  /** Returns how many batches are not durable yet. */
  public int unacknowledgedBatches() {
    lock.lock();
    try {
      return unacknowledged.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  private void run() {
    try {
      long backoff = LEAST_BACKOFF_MILLIS;
      long nextAtNanos = firstTurn();
      while (!closed) {
        var stream = new MachineStream(channel, changeListener());
        try {
          stream.open(hello());
          welcomed(stream.awaitWelcome());
          backoff = LEAST_BACKOFF_MILLIS;
          connected = true;
          nextAtNanos = feed(stream, nextAtNanos);
        } catch (StatusRuntimeException lost) {
          // Opened again below.
        } finally {
          connected = false;
          stream.cancel();
        }
        Thread.sleep(ThreadLocalRandom.current().nextLong(backoff / 2, backoff));
        // The channel's own pauses grow to minutes.
        channel.resetConnectBackoff();
        backoff = Math.min(MOST_BACKOFF_MILLIS, backoff * 2);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Spread over an interval, as real machines are.
  private long firstTurn() {
    long interval = pace.interval().toNanos();
    return System.nanoTime() + (interval == 0 ? 0 : ThreadLocalRandom.current().nextLong(interval));
  }

  private MachineStream.Listener changeListener() {
    return new MachineStream.Listener() {
      @Override
      public void acknowledged(Ack ack) {
        accept(ack);
      }

      @Override
      public void changed() {
        wake();
      }
    };
  }

  private Hello hello() {
    ledger.opened();
    return Hello.newBuilder()
        .setMachineId(id)
        .setEpoch(epoch)
        .setInstance(instance)
        .setSentAtMs(System.currentTimeMillis())
        .setIntervalMs((int) Math.max(1000, pace.interval().toMillis()))
        .setResource(
            Resource.newBuilder()
                .setHostname(id)
                .setOs("Linux")
                .setLogicalCpus(8)
                .setMemoryBytes(1L << 34))
        .build();
  }

  private void welcomed(Welcome welcome) {
    lock.lock();
    try {
      for (var committed : welcome.getCommittedList()) {
        if (committed.getEpoch().equals(epoch)) {
          ledger.learnedDurable(unacknowledged.durable(committed.getRangesList()).size());
        }
      }
      unacknowledged.resendAll(System.nanoTime());
      repeating = true;
    } finally {
      lock.unlock();
    }
  }

  private void accept(Ack ack) {
    lock.lock();
    try {
      long now = System.nanoTime();
      if (ack.getDurability() == Durability.DURABLE) {
        ledger.duplicates(unacknowledged.durableAgain(ack.getRangesList()));
        for (var batch : unacknowledged.durable(ack.getRangesList())) {
          ledger.durable(now - batch.madeNanos);
        }
        repeating |= toldVolatile;
        toldVolatile = false;
      } else {
        toldVolatile = true;
        ledger.volatileAck();
        long pause =
            Math.max(VOLATILE_PAUSE_NANOS, TimeUnit.MILLISECONDS.toNanos(ack.getRetryAfterMs()));
        unacknowledged.resendAt(ack.getRangesList(), now + pause);
      }
      ack.getRejectedList().stream().mapToInt(Rejection::getCount).forEach(ledger::rejected);
    } finally {
      lock.unlock();
    }
    wake();
  }

  // Returns when the next batch is due, for the stream that comes after this one.
  private long feed(MachineStream stream, long firstAtNanos) throws InterruptedException {
    long nextAtNanos = firstAtNanos;
    boolean declared = false;
    while (!closed && stream.isOpen()) {
      long now = System.nanoTime();
      boolean ready = stream.isReady();
      if (isTurn(nextAtNanos, now) && (ready || !pace.interval().isZero())) {
        make(nextAtNanos, now);
        nextAtNanos += pace.interval().toNanos();
      }
      var batches = ready ? due(now) : List.<Unacknowledged.Waiting>of();
      for (var batch : batches) {
        stream.send(request(batch, !declared));
        declared = true;
      }
      if (batches.isEmpty()) {
        awaitChange(stream, nextAtNanos - now);
      }
    }
    return nextAtNanos;
  }

  private List<Unacknowledged.Waiting> due(long now) {
    lock.lock();
    try {
      if (repeating) {
        repeating = false;
        var again = unacknowledged.repeat();
        again.forEach(_ -> ledger.resent());
        return again;
      }
      var next = unacknowledged.take(now, now - freshNanos());
      next.ifPresent(
          batch -> {
            if (batch.wasSent()) {
              ledger.resent();
            }
            unacknowledged.sent(batch);
          });
      return next.stream().toList();
    } finally {
      lock.unlock();
    }
  }

  private boolean isTurn(long nextAtNanos, long now) {
    lock.lock();
    try {
      return producing && unacknowledged.size() < pace.window() && now - nextAtNanos >= 0;
    } finally {
      lock.unlock();
    }
  }

  // A turn may be long ago: then there was no stream, and the batch has lain in the spool since.
  private void make(long turnNanos, long now) {
    lock.lock();
    try {
      long age = pace.interval().isZero() ? 0 : now - turnNanos;
      // No two at one time.
      lastMillis =
          Math.max(lastMillis + 1, System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(age));
      unacknowledged.add(new Unacknowledged.Waiting(++lastSeq, lastMillis, now - age));
      ledger.made();
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    LockSupport.unpark(thread);
  }

  // Acknowledgements and readiness wake it; what is to be resent is looked for now and then.
  private void awaitChange(MachineStream stream, long untilTurnNanos) throws InterruptedException {
    long longest = TimeUnit.MILLISECONDS.toNanos(stream.isReady() ? 1_000 : 20);
    LockSupport.parkNanos(Math.clamp(untilTurnNanos, 1_000_000, longest));
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private IngestRequest request(Unacknowledged.Waiting waiting, boolean declaring) {
    var batch =
        Batch.newBuilder()
            .setSeq(waiting.seq)
            .setObservedAtMs(waiting.observedAtMillis)
            .setReplay(System.nanoTime() - waiting.madeNanos > freshNanos());
    for (int i = 0; i < workload.series(); i++) {
      if (declaring) {
        batch.addDeclare(workload.declaration(i));
      }
      batch.addSeriesDelta(i == 0 ? 0 : 1);
      batch.addValue(Workload.value(number, waiting.seq, i));
    }
    return IngestRequest.newBuilder().setBatch(batch).build();
  }

  private long freshNanos() {
    return Math.max(FRESH_NANOS, 3 * pace.interval().toNanos());
  }

  private static ByteString bytes(UUID id) {
    return ByteString.copyFrom(
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .flip());
  }
}
