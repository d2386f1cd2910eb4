package io.sysmonstm.load;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.sysmonstm.transport.grpc.v1.Ack;
import io.sysmonstm.transport.grpc.v1.Batch;
import io.sysmonstm.transport.grpc.v1.Hello;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.SeqRange;
import io.sysmonstm.transport.grpc.v1.SeriesDeclaration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** One machine that sends whenever its stream takes more, without waiting for anything. */
final class Flood implements AutoCloseable, MachineStream.Listener {
  private final ManagedChannel channel;
  private final MachineStream stream;
  private final Thread thread;
  private final AtomicLong acknowledged = new AtomicLong();
  private volatile long sent;
  private volatile boolean closed;

  Flood(int port) throws InterruptedException {
    channel = Fleet.channel(port);
    stream = new MachineStream(channel, this);
    var id =
        ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    stream.open(
        Hello.newBuilder()
            .setMachineId("flood")
            .setEpoch(id)
            .setInstance(id)
            .setSentAtMs(System.currentTimeMillis())
            .build());
    stream.awaitWelcome();
    thread = Thread.ofPlatform().daemon().start(this::run);
  }

  private void run() {
    for (long seq = 1; !closed && stream.isOpen(); seq++) {
      while (!stream.isReady()) {
        if (closed || !stream.isOpen()) {
          return;
        }
        LockSupport.parkNanos(100_000);
      }
      stream.send(batch(seq));
      sent = seq;
    }
  }

  private static IngestRequest batch(long seq) {
    var batch = Batch.newBuilder().setSeq(seq).setObservedAtMs(System.currentTimeMillis());
    for (int i = 0; i < 10; i++) {
      if (seq == 1) {
        batch.addDeclare(
            SeriesDeclaration.newBuilder()
                .setId(i)
                .setMetric("cpu_percent_per_core")
                .putLabels("core", "" + i));
      }
      batch.addSeriesDelta(i == 0 ? 0 : 1).addValue((int) (seq % 100));
    }
    return IngestRequest.newBuilder().setBatch(batch).build();
  }

  /** How many batches the aggregator has acknowledged. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** How many batches are on the way, in the sender, on the wire and in the server. */
  long onTheWay() {
    return sent - acknowledged.get();
  }

  @Override
  public void acknowledged(Ack ack) {
    for (SeqRange range : ack.getRangesList()) {
      acknowledged.addAndGet(range.getLast() - range.getFirst() + 1);
    }
  }

  @Override
  public void changed() {}

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stream.cancel();
    channel.shutdownNow();
  }
}
