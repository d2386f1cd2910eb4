package io.sysmonstm.transport.grpc;

import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.spi.Welcome;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.RecordingListener;
import io.sysmonstm.tls.Certificates;
import io.sysmonstm.tls.TlsFileWatch;
import io.sysmonstm.tls.TlsFiles;
import io.sysmonstm.tls.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A machine with a certificate in files, one stream on which it sends for as long as it lives, and
 * other connections when it is told to. It sends nothing twice.
 */
final class RollingMachine implements AutoCloseable, MetricSender.Listener {
  private static final int OUTSTANDING = 4;
  private static final Duration PACE = Duration.ofMillis(250);

  final String id;
  final TlsFileWatch files;
  private final Path directory;
  private final int port;
  private final SeriesRegistry series = new SeriesRegistry();
  private final GrpcMetricSender sender;
  private final MetricSender.Stream stream;
  private final Semaphore room = new Semaphore(OUTSTANDING);
  private final CountDownLatch welcomed = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean making = true;
  // Guarded by this.
  private long sent;
  private long acknowledged;
  private int ends;

  RollingMachine(String id, Path directory, TlsIdentity identity, Path trust, int port)
      throws IOException {
    this.id = id;
    this.directory = directory;
    this.port = port;
    show(identity);
    files =
        TlsFileWatch.open(
            id,
            new TlsFiles(Optional.of(certificate()), Optional.of(key()), Optional.of(trust)),
            TimeSource.system(),
            new SelfMetrics());
    sender = GrpcMetricSender.builder("https://localhost:" + port).tls(files).build();
    stream = sender.open(TlsServer.hello(id), this);
    thread = Thread.ofVirtual().start(this::run);
  }

  private Path certificate() {
    return directory.resolve(id + ".pem");
  }

  private Path key() {
    return directory.resolve(id + "-key.pem");
  }

  /** Writes another certificate; {@code files} has to look. */
  void show(TlsIdentity identity) throws IOException {
    Files.writeString(certificate(), Certificates.toPem(identity.chain()));
    Files.writeString(key(), identity.keyPem());
  }

  private void run() {
    while (making) {
      room.acquireUninterruptibly();
      if (making) {
        send(stream);
      }
      LockSupport.parkNanos(PACE.toNanos());
    }
  }

  // In the order of the numbers on each stream, whichever stream it is.
  private synchronized void send(MetricSender.Stream to) {
    sent++;
    to.send(new BatchBuilder(series, id, sent, Instant.now()).sample("cpu_percent", 50).build());
  }

  /** Delivers one batch by a connection of its own, and with a handshake. */
  void deliverByANewConnection() {
    var listener = new RecordingListener();
    try (var other =
            GrpcMetricSender.builder("https://localhost:" + port)
                .credentials(Tls.client(files.tls()))
                .build();
        var once = other.open(TlsServer.hello(id), listener)) {
      listener.awaitWelcome();
      send(once);
      listener.awaitAcks(1);
      synchronized (this) {
        acknowledged++;
      }
    }
  }

  @Override
  public void welcomed(Welcome welcome) {
    welcomed.countDown();
  }

  void awaitWelcome() throws InterruptedException {
    if (!welcomed.await(30, TimeUnit.SECONDS)) {
      throw new AssertionError(id + " is not welcomed within 30 s");
    }
  }

  @Override
  public void ready() {}

  @Override
  public void acknowledged(Ack ack) {
    int count =
        Math.toIntExact(
            ack.ranges().stream().mapToLong(range -> range.last() - range.first() + 1).sum());
    synchronized (this) {
      acknowledged += count;
    }
    room.release(count);
  }

  @Override
  public synchronized void ended(@Nullable SysmonstmException why) {
    ends++;
  }

  synchronized long sent() {
    return sent;
  }

  synchronized long acknowledged() {
    return acknowledged;
  }

  synchronized int ends() {
    return ends;
  }

  /** Waits until nothing more is made. */
  void stopMaking() {
    making = false;
    room.release();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stopMaking();
    stream.close();
    sender.close();
  }
}
