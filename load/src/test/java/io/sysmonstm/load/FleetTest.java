package io.sysmonstm.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.FixedCurrentStore;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.testkit.RecordingIngest.Acking;
import io.sysmonstm.transport.grpc.GrpcIngestServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FleetTest {
  private static final Workload WORKLOAD = new Workload(10);

  private final RecordingIngest ingest = new RecordingIngest();
  private GrpcIngestServer server;
  private int port;

  @BeforeEach
  void listen() {
    server = GrpcIngestServer.builder("127.0.0.1:0").build();
    port = server.start(ingest, new FixedCurrentStore()).getPort();
  }

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
  }

  @Test
  void everyBatchIsMadeOnceAndKnownToHaveArrived() throws Exception {
    try (var fleet = new Fleet(port, 3, WORKLOAD, Pace.flatOut(8)).start()) {
      Eventually.until("enough", () -> fleet.ledger().durableBatches() > 300);
      assertThat(fleet.drain(Duration.ofSeconds(10))).isTrue();
      assertThat(fleet.batches())
          .isEqualTo(fleet.ledger().batches())
          .isEqualTo(fleet.ledger().durableBatches());
      for (var session : ingest.sessions()) {
        int machine = Integer.parseInt(session.machineId().replace("sim-", ""));
        for (var batch : session.batches()) {
          assertThat(batch.size()).isEqualTo(WORKLOAD.series());
          for (int i = 0; i < batch.size(); i++) {
            assertThat(batch.value(i)).isEqualTo(Workload.value(machine, batch.seq(), i));
          }
        }
      }
    }
  }

  @Test
  void whatIsNotDurableComesAgainOnTheNextStream() throws Exception {
    ingest.setAcking(Acking.BY_TEST);
    try (var fleet = new Fleet(port, 1, WORKLOAD, Pace.flatOut(4)).start()) {
      Eventually.until("a window full", () -> batches(0) == 4);
      ingest.setAcking(Acking.DURABLE);
      server.stop(Duration.ZERO);
      server = GrpcIngestServer.builder("127.0.0.1:" + port).build();
      server.start(ingest, new FixedCurrentStore());
      assertThat(fleet.drain(Duration.ofSeconds(20))).isTrue();
      assertThat(fleet.ledger().resentBatches()).isGreaterThanOrEqualTo(4);
      assertThat(fleet.ledger().streams()).isGreaterThanOrEqualTo(2);
      var last = ingest.sessions().getLast();
      assertThat(last.batches().subList(0, 4))
          .extracting(batch -> batch.seq())
          .containsExactly(1L, 2L, 3L, 4L);
    }
  }

  @Test
  void whatIsVolatileIsKeptAndComesAgain() throws Exception {
    ingest.setAcking(Acking.VOLATILE);
    try (var fleet = new Fleet(port, 1, WORKLOAD, Pace.flatOut(2)).start()) {
      Eventually.until("acknowledged", () -> fleet.ledger().volatileAcks() >= 1);
      assertThat(fleet.unacknowledgedBatches()).isEqualTo(2);
      ingest.setAcking(Acking.DURABLE);
      assertThat(fleet.drain(Duration.ofSeconds(20))).isTrue();
    }
  }

  private int batches(int session) {
    return ingest.sessions().size() > session ? ingest.sessions().get(session).batches().size() : 0;
  }
}
