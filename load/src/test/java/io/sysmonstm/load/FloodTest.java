package io.sysmonstm.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.aggregator.core.Aggregator;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.FixedCurrentStore;
import io.sysmonstm.transport.grpc.GrpcIngestServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One machine that sends as fast as it can, far beyond a hundred times the rate of the others, to a
 * real aggregator over a real socket, with a history that takes its time.
 */
final class FloodTest {
  private static final int QUIET = 20;
  private static final Duration BETWEEN = Duration.ofMillis(200);
  private static final Workload WORKLOAD = new Workload(10);
  private static final long BUDGET = 64L << 20;
  private static final long MACHINE_SHARE = 1L << 20;
  private static final long MOST_HEAP_GROWTH = 48L << 20;

  private final SelfMetrics metrics = new SelfMetrics();
  // Takes ten thousand samples a second; the others send a tenth of that.
  private final SlowHistory history = new SlowHistory(Duration.ofMillis(100));
  private Aggregator aggregator;
  private GrpcIngestServer server;
  private int port;

  @BeforeEach
  void start() {
    aggregator =
        Aggregator.builder(new FixedCurrentStore(), history, event -> {})
            .metrics(metrics)
            .inFlightBytes(BUDGET)
            .batchMaxSamples(1_000)
            .build()
            .start();
    server = GrpcIngestServer.builder("127.0.0.1:0").metrics(metrics).build();
    port = server.start(aggregator, new FixedCurrentStore()).getPort();
  }

  @AfterEach
  void stop() {
    server.stop(Duration.ofSeconds(1));
    aggregator.close();
  }

  private double reading(String name) {
    return metrics.collect().stream()
        .filter(reading -> reading.name().equals(name))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }

  // After a collection: what is in use, not what waits to be collected.
  private static long heapInUse() {
    System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static Duration p99(Fleet fleet, int acks) {
    fleet.ledger().ackTimes();
    long before = fleet.ledger().durableBatches();
    Eventually.until("enough", () -> fleet.ledger().durableBatches() - before >= acks);
    return fleet.ledger().ackTimes().percentile(99);
  }

  @Test
  void costsTheOthersNothing() throws Exception {
    try (var quiet = new Fleet(port, QUIET, WORKLOAD, Pace.every(BETWEEN)).start()) {
      p99(quiet, QUIET * 5);
      var alone = p99(quiet, QUIET * 12);
      long heap = heapInUse();
      try (var flood = new Flood(port)) {
        Eventually.until("told to wait", () -> reading("aggregator_pauses_total") > 0);
        long before = flood.acknowledged();
        long quietBefore = quiet.ledger().durableBatches();
        var flooded = p99(quiet, QUIET * 12);
        double rate =
            (double) (flood.acknowledged() - before)
                / ((quiet.ledger().durableBatches() - quietBefore) / (double) QUIET);
        double inFlight = reading("aggregator_in_flight_bytes");
        assertThat(rate).as("batches of the flood for one of another").isGreaterThan(100);
        assertThat(flooded)
            .as("ack p99 with the flood; %s without", alone)
            .isLessThan(alone.multipliedBy(4).plusMillis(300));
        assertThat(inFlight).isBetween(1.0, 2.0 * MACHINE_SHARE);
        // Its share, and what fits on the way there: nobody else buffers for it.
        assertThat(flood.onTheWay()).isLessThan(10_000);
        assertThat(heapInUse() - heap).as("growth of the heap").isLessThan(MOST_HEAP_GROWTH);
      }
      assertThat(quiet.drain(Duration.ofSeconds(10))).isTrue();
      assertThat(quiet.ledger().volatileAcks()).isZero();
      assertThat(quiet.ledger().resentBatches()).isZero();
      assertThat(reading("aggregator_dropped_batches_total")).isZero();
    }
  }
}
