package io.sysmonstm.transport.grpc;

import static io.sysmonstm.transport.grpc.Outsider.batch;
import static io.sysmonstm.transport.grpc.Outsider.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.testkit.RecordingSession;
import io.sysmonstm.transport.grpc.v1.Durability;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Streams that the server ends, by age or because it stops. */
class GracefulEndTest {
  @Test
  void anOldStreamEndsWithEverythingAcknowledgedAndTheNextOneGoesOn() {
    try (var outsider = new Outsider(builder -> builder.maxConnectionAge(Duration.ofMillis(500)))) {
      outsider.ingest.setAcking(RecordingIngest.Acking.BY_TEST);
      var stream = outsider.welcomed("m1");
      stream.send(request(batch(1)));
      var session = outsider.ingest.session("m1");
      session.awaitBatches(1);
      Eventually.until("asked to write at once", () -> session.flushes() == 1);
      assertThat(stream.ended()).isFalse();
      session.acknowledge(Ack.Durability.DURABLE, 1);
      assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(stream.answers().get(1).getAck().getDurability()).isEqualTo(Durability.DURABLE);
      outsider.welcomed("m2").cancel();
      Eventually.until("a closed session", session::closed);
    }
  }

  @Test
  void aStopWaitsForWhatWasOfferedToBeAcknowledged() throws Exception {
    try (var outsider = new Outsider()) {
      outsider.ingest.setAcking(RecordingIngest.Acking.BY_TEST);
      var stream = outsider.welcomed("m1");
      stream.send(request(batch(1)));
      var session = outsider.ingest.session("m1");
      session.awaitBatches(1);
      var stop = Thread.ofVirtual().start(() -> outsider.server.stop(Duration.ofSeconds(20)));
      Eventually.until("asked to write at once", () -> session.flushes() == 1);
      assertThat(stream.ended()).isFalse();
      session.acknowledge(Ack.Durability.DURABLE, 1);
      assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(stream.answers()).hasSize(2);
      assertThat(stop.join(Duration.ofSeconds(10))).isTrue();
      assertThat(session.violations()).isZero();
    }
  }

  @Test
  void aStopCutsOffWhatIsNotAcknowledgedInTime() {
    try (var outsider = new Outsider()) {
      outsider.ingest.setAcking(RecordingIngest.Acking.BY_TEST);
      var stream = outsider.welcomed("m1");
      stream.send(request(batch(1)));
      outsider.ingest.session("m1").awaitBatches(1);
      outsider.server.stop(Duration.ofMillis(50));
      assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(stream.answers()).hasSize(1);
    }
  }

  private static Set<Long> taken(RecordingIngest ingest) {
    var taken = new TreeSet<Long>();
    for (var session : ingest.sessions()) {
      session.batches().forEach(batch -> taken.add(batch.seq()));
    }
    return taken;
  }

  private static void assertAllArrives(KeepsSending client, RecordingIngest ingest) {
    client.stopMaking();
    Eventually.until("all acknowledged", () -> client.unacknowledged() == 0);
    assertThat(taken(ingest)).hasSize((int) client.made());
    for (var session : ingest.sessions()) {
      assertThat(session.violations()).isZero();
    }
  }

  @Test
  void aClientThatKeepsSendingLosesNothingToTheAgeOfConnections() throws Exception {
    try (var outsider = new Outsider(builder -> builder.maxConnectionAge(Duration.ofMillis(150)));
        var client = new KeepsSending(outsider.address.getPort())) {
      Eventually.until("several streams", () -> client.streams() >= 4 && client.made() > 1_000);
      assertAllArrives(client, outsider.ingest);
    }
  }

  @Test
  void aStopUnderLoadLeavesNothingThatWasTakenUnacknowledged() throws Exception {
    try (var outsider = new Outsider();
        var _ = new LateAcknowledgements(outsider.ingest);
        var client = new KeepsSending(outsider.address.getPort())) {
      Eventually.until("under way", () -> client.made() > 500);
      outsider.server.drain();
      outsider.server.stop(Duration.ofSeconds(10));
      Eventually.until(
          "what was taken is acknowledged",
          () -> client.allAcknowledged().containsAll(taken(outsider.ingest)));
      try (var next = GrpcIngestServer.builder("127.0.0.1:" + outsider.address.getPort()).build()) {
        next.start(outsider.ingest, outsider.current);
        long before = client.made();
        Eventually.until("goes on", () -> client.made() > before + 200);
        assertAllArrives(client, outsider.ingest);
        assertThat(client.resent()).as("only what was never read").isLessThanOrEqualTo(400);
      }
    }
  }

  /** Acknowledges all that was taken a little later. */
  private static final class LateAcknowledgements implements AutoCloseable {
    private final RecordingIngest ingest;
    private final Map<RecordingSession, Integer> told = new HashMap<>();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);

    LateAcknowledgements(RecordingIngest ingest) {
      this.ingest = ingest;
      ingest.setAcking(RecordingIngest.Acking.BY_TEST);
      var _ = timer.scheduleWithFixedDelay(this::acknowledge, 20, 20, TimeUnit.MILLISECONDS);
    }

    private void acknowledge() {
      for (var session : ingest.sessions()) {
        var batches = session.batches();
        int from = told.getOrDefault(session, 0);
        for (var batch : batches.subList(from, batches.size())) {
          session.acknowledge(Ack.Durability.DURABLE, batch.seq());
        }
        told.put(session, batches.size());
      }
    }

    @Override
    public void close() {
      timer.shutdownNow();
    }
  }
}
