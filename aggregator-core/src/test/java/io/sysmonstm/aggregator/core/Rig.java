package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.IngestSession;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A running aggregator between fakes, with short times. */
final class Rig implements AutoCloseable {
  final SeriesRegistry series = new SeriesRegistry(20, 1000);
  final SelfMetrics metrics = new SelfMetrics();
  final FakeHistory history = new FakeHistory();
  final FakeCurrent current = new FakeCurrent();
  final Aggregator aggregator;

  Rig() {
    this(builder -> builder);
  }

  Rig(UnaryOperator<Aggregator.Builder> bounds) {
    var builder =
        Aggregator.builder(current, history, current.bus())
            .series(series)
            .metrics(metrics)
            .batchMaxAge(Duration.ofMillis(5))
            .volatileAfter(Duration.ofSeconds(30))
            .retryEvery(Duration.ofMillis(20))
            .closeGrace(Duration.ofSeconds(1));
    aggregator = bounds.apply(builder).build().start();
  }

  /** Waits until so many batches were shown in both places. */
  void awaitShown(int batches) {
    Eventually.until(
        "shown", () -> current.updates.size() == batches && current.published.size() == batches);
  }

  static Hello hello(String machineId) {
    return hello(machineId, 0);
  }

  static Hello hello(String machineId, long samplesDropped) {
    return hello(machineId, new UUID(2, 2), Instant.now(), samplesDropped);
  }

  static Hello hello(String machineId, UUID instance, Instant sentAt, long samplesDropped) {
    return new Hello(
        machineId,
        BatchBuilder.EPOCH,
        instance,
        Resource.builder("host-" + machineId).build(),
        sentAt,
        samplesDropped,
        Duration.ofSeconds(7));
  }

  IngestSession open(String machineId, FakeReply reply) {
    return aggregator.open(hello(machineId), reply);
  }

  BatchBuilder batch(String machineId, long seq) {
    return new BatchBuilder(series, machineId, seq, Instant.now())
        .sample("cpu_percent", (int) (seq % 100))
        .sample("disk_percent", Labels.of("mountpoint", "/"), 50);
  }

  static boolean offer(IngestSession session, Batch batch) {
    return session.offer(batch, List.of());
  }

  Health health(String part) {
    return aggregator.readiness().parts().getOrDefault(part, Health.failing("no such part"));
  }

  double reading(String name) {
    return metrics.collect().stream()
        .filter(each -> each.name().equals(name))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }

  double reading(String name, String label, String value) {
    return metrics.collect().stream()
        .filter(each -> each.name().equals(name))
        .filter(each -> each.labels().value(label).orElse("").equals(value))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }

  @Override
  public void close() {
    aggregator.close();
  }
}
