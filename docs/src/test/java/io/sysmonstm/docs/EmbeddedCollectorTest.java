package io.sysmonstm.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.RecordingSender;
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
    var sender = RecordingSender.answering();
    try (var application = new EmbeddedCollector("shop-1", sender)) {
      assertThat(application.submit(() -> {})).isTrue();
      Eventually.until("a batch is sent", () -> !sender.sent().isEmpty());
      var values = values(sender.sent().getFirst());
      assertThat(values.get("queue_depth{queue=\"orders\"}")).isBetween(0.0, 1.0);
      assertThat(values.get("memory_total_bytes{}")).isPositive();
      Eventually.until("it is acknowledged", application::isMonitored);
      assertThat(sender.last().hello().machineId()).isEqualTo("shop-1");
      assertThat(sender.last().hello().resource().tags()).containsEntry("app", "shop");
    }
    assertThat(sender.last().isHalfClosed()).isTrue();
  }
}
