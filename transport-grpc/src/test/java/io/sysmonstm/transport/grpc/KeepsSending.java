package io.sysmonstm.transport.grpc;

import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.Welcome;
import io.sysmonstm.testkit.BatchBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client that never stops sending, opens a new stream whenever one ends, and sends again what was
 * not acknowledged.
 */
final class KeepsSending implements AutoCloseable, MetricSender.Listener {
  private static final int WINDOW = 200;

  private final SeriesRegistry series = new SeriesRegistry();
  private final GrpcMetricSender sender;
  private final Thread thread;
  // All guarded by this.
  private final TreeSet<Long> unacknowledged = new TreeSet<>();
  private final TreeSet<Long> acknowledged = new TreeSet<>();
  private long made;
  private int streams;
  private int resent;
  private boolean open;
  private boolean making = true;
  private volatile boolean closed;

  KeepsSending(int port) {
    sender = GrpcMetricSender.builder("127.0.0.1:" + port).build();
    thread = Thread.ofVirtual().start(this::run);
  }

  private void run() {
    while (!closed) {
      synchronized (this) {
        open = true;
        streams++;
      }
      var stream = sender.open(hello(), this);
      long sent = 0;
      while (isOpen() && !closed) {
        long next = stream.isReady() ? next(sent) : 0;
        if (next == 0) {
          LockSupport.parkNanos(200_000);
        } else {
          stream.send(
              new BatchBuilder(series, "m1", next, Instant.now())
                  .sample("cpu_percent", (int) (next % 100))
                  .build());
          sent = next;
        }
      }
    }
  }

  private synchronized boolean isOpen() {
    return open;
  }

  // What comes after the last one on this stream: an older one that is not acknowledged, or a new.
  private synchronized long next(long after) {
    var again = unacknowledged.higher(after);
    if (again != null) {
      resent++;
      return again;
    }
    if (!making || unacknowledged.size() >= WINDOW) {
      return 0;
    }
    unacknowledged.add(++made);
    return made;
  }

  private static Hello hello() {
    return new Hello(
        "m1",
        BatchBuilder.EPOCH,
        new UUID(9, 9),
        Resource.builder("host").build(),
        Instant.now(),
        0,
        Duration.ofSeconds(5));
  }

  @Override
  public void welcomed(Welcome welcome) {}

  @Override
  public void ready() {}

  @Override
  public synchronized void acknowledged(Ack ack) {
    for (var range : ack.ranges()) {
      for (long seq = range.first(); seq <= range.last(); seq++) {
        unacknowledged.remove(seq);
        acknowledged.add(seq);
      }
    }
  }

  @Override
  public synchronized void ended(@Nullable SysmonstmException why) {
    open = false;
  }

  synchronized void stopMaking() {
    making = false;
  }

  synchronized long made() {
    return made;
  }

  synchronized int streams() {
    return streams;
  }

  synchronized int resent() {
    return resent;
  }

  synchronized int unacknowledged() {
    return unacknowledged.size();
  }

  synchronized Set<Long> allAcknowledged() {
    return new TreeSet<>(acknowledged);
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sender.close();
  }
}
