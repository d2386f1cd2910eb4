package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.IngestServer;
import io.sysmonstm.spi.MetricSender;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server that each test of a transport starts with, and what tests send to it. */
abstract class TransportFixture {
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  static final UUID EPOCH = BatchBuilder.EPOCH;

  final RecordingIngest ingest = new RecordingIngest();
  private final SeriesRegistry sent = new SeriesRegistry();
  final List<AutoCloseable> opened = new ArrayList<>();
  IngestServer server;
  private InetSocketAddress address;

  protected abstract IngestServer createServer();

  protected abstract MetricSender createSender(InetSocketAddress target);

  @BeforeEach
  protected final void startServer() {
    server = createServer();
    address = server.start(ingest, new FixedCurrentStore());
  }

  @AfterEach
  protected final void closeAll() throws Exception {
    ingest.releaseOpening();
    ingest.setAccepting(true);
    for (var resource : opened) {
      resource.close();
    }
    server.close();
    for (var session : ingest.sessions()) {
      assertThat(session.violations()).as("calls of a session out of turn").isZero();
    }
  }

  MetricSender sender() {
    var sender = createSender(address);
    opened.add(sender);
    return sender;
  }

  static Hello hello(String machineId) {
    var resource =
        Resource.builder("host-" + machineId)
            .os("Linux")
            .logicalCpus(4)
            .memoryBytes(8L << 30)
            .bootTime(NOW.minusSeconds(60))
            .tags(Map.of("room", "lab"))
            .build();
    return new Hello(machineId, EPOCH, new UUID(9, 9), resource, NOW, 17, Duration.ofSeconds(5));
  }

  BatchBuilder batch(String machineId, long seq) {
    return new BatchBuilder(sent, machineId, seq, NOW.plusSeconds(seq))
        .sample("cpu_percent", 12.5)
        .sample("disk_percent", Labels.of("mount", "/"), 40)
        .sample("disk_percent", Labels.of("mount", "/home"), 50);
  }

  MetricSender.Stream welcomed(String machineId, RecordingListener listener) {
    var stream = sender().open(hello(machineId), listener);
    listener.awaitWelcome();
    Eventually.until("a stream that takes batches", stream::isReady);
    return stream;
  }

  static void assertSame(Batch received, Batch expected) {
    assertThat(received.toString()).isEqualTo(expected.toString());
    assertThat(received.replay()).isEqualTo(expected.replay());
    assertThat(received.topProcesses()).isEqualTo(expected.topProcesses());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(received.series(i).toString()).isEqualTo(expected.series(i).toString());
      assertThat(received.value(i)).isEqualTo(expected.value(i));
    }
  }
}
