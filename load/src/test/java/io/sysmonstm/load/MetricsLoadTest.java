package io.sysmonstm.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.FixedCurrentStore;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.transport.grpc.GrpcIngestServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class MetricsLoadTest {
  @Test
  void everyMetricIsSentOneByOneAndAcknowledged() throws Exception {
    var server = GrpcIngestServer.builder("127.0.0.1:0").build();
    int port = server.start(new RecordingIngest(), new FixedCurrentStore()).getPort();
    try (var load = new MetricsLoad(port, 2, 50).start()) {
      Eventually.until("some calls", () -> load.ledger().durableBatches() >= 4);
      assertThat(load.finish(Duration.ofSeconds(10))).isTrue();
      assertThat(load.failedCalls()).isZero();
      assertThat(load.ledger().rejectedSamples()).isZero();
      assertThat(load.acceptedMetrics()).isEqualTo(load.ledger().batches() * 50 * 20);
    } finally {
      server.stop(Duration.ZERO);
    }
  }
}
