package io.sysmonstm.transport.grpc;

import static io.sysmonstm.transport.grpc.Outsider.batch;
import static io.sysmonstm.transport.grpc.Outsider.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.transport.grpc.v1.Durability;
import java.time.Duration;
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
}
