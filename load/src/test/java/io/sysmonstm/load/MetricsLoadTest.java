package io.sysmonstm.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.FixedCurrentStore;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.transport.grpc.GrpcIngestServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class MetricsLoadTest {
  @Test
  void everyMetricIsSentOneByOneAndAcknowledged() throws Exception {
    var server = GrpcIngestServer.builder("127.0.0.1:0").build();
    try {
      int port = server.start(new RecordingIngest(), new FixedCurrentStore()).getPort();
      var load = new MetricsLoad(port, 2, 50);
      assertThat(load.metrics()).isEqualTo(2000);
      var outcome = load.run();
      assertThat(outcome.received()).isEqualTo(2000);
      assertThat(outcome.rejected()).isZero();
      assertThat(outcome.failedCalls()).isZero();
    } finally {
      server.stop(Duration.ZERO);
    }
  }
}
