package io.sysmonstm.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.FixedCurrentStore;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.transport.grpc.GrpcIngestServer;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmbeddedCollectorTest {
  private static Map<String, Double> values(Batch batch) {
    var values = new HashMap<String, Double>();
    for (int i = 0; i < batch.size(); i++) {
      values.put(batch.series(i).metric().name() + batch.series(i).labels(), batch.value(i));
    }
    return values;
  }

  @Test
  void sendsTheMetricsOfTheMachineAndOfTheApplication() {
    var ingest = new RecordingIngest();
    try (var server = GrpcIngestServer.builder("127.0.0.1:0").build()) {
      var address = server.start(ingest, new FixedCurrentStore());
      try (var application = new EmbeddedCollector("shop-1", "127.0.0.1:" + address.getPort())) {
        assertThat(application.submit(() -> {})).isTrue();
        Eventually.until("it is connected", () -> !ingest.hellos().isEmpty());
        var values = values(ingest.session("shop-1").awaitBatches(1).getFirst());
        assertThat(values.get("queue_depth{queue=\"orders\"}")).isBetween(0.0, 1.0);
        assertThat(values.get("memory_total_bytes{}")).isPositive();
        Eventually.until("it is acknowledged", application::isMonitored);
        assertThat(ingest.hellos().getFirst().resource().tags()).containsEntry("app", "shop");
      }
    }
  }
}
