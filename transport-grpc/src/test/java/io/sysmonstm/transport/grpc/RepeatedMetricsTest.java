package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.transport.grpc.v1.Metric;
import io.sysmonstm.transport.grpc.v1.MetricType;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cycles that are nearly the same, most of which is not parsed, and what differs in them. */
class RepeatedMetricsTest {
  private static final long NOW = 1_767_225_600_000L;
  private static final int CYCLES = 60;
  private static final int CORES = 6;

  private final Outsider outsider = new Outsider();
  private final Random random = new Random(11);
  private int received;
  private int refused;

  @AfterEach
  void close() {
    outsider.close();
  }

  private static Metric metric(String machineId, long millis, int core, double value) {
    return Metric.newBuilder()
        .setMachineId(machineId)
        .setHostname("host")
        .setTimestampMs(millis)
        .setType(MetricType.CPU_PERCENT_PER_CORE)
        .setValue(value)
        .putLabels("core", Integer.toString(core))
        .build();
  }

  // In most cycles all cores in order, in others some are missing, doubled or refused.
  private List<Metric> cycle(String machineId, long millis, List<String> expected) {
    var metrics = new ArrayList<Metric>();
    boolean regular = random.nextInt(3) > 0;
    for (int core = 0; core < CORES; core++) {
      int kind = regular ? 9 : random.nextInt(10);
      int times = kind == 0 ? 0 : kind == 1 ? 2 : 1;
      for (int i = 0; i < times; i++) {
        double value = kind == 2 ? Double.NaN : kind == 3 ? 0 : random.nextInt(1_000) / 10.0;
        metrics.add(metric(machineId, millis, core, value));
        if (kind == 2) {
          refused++;
        } else {
          expected.add("%d %d %s".formatted(millis, core, value));
        }
      }
    }
    received += metrics.size();
    return metrics;
  }

  private List<String> taken(String machineId) {
    var all = new ArrayList<String>();
    for (var batch : outsider.ingest.session(machineId).batches()) {
      for (int i = 0; i < batch.size(); i++) {
        assertThat(batch.series(i).machineId()).isEqualTo(machineId);
        all.add(
            "%d %s %s"
                .formatted(
                    batch.observedAtMillis(),
                    batch.series(i).labels().value("core").orElseThrow(),
                    batch.value(i)));
      }
    }
    return all;
  }

  @Test
  void everySampleArrivesAsItWasSent() {
    var ofOne = new ArrayList<String>();
    var ofOther = new ArrayList<String>();
    var stream = outsider.open(MetricsServiceGrpc.getStreamMetricsMethod());
    for (int number = 0; number < CYCLES; number++) {
      cycle("m1", NOW + number, ofOne).forEach(stream::send);
      if (random.nextInt(4) > 0) {
        cycle("m2", NOW + number, ofOther).forEach(stream::send);
      }
    }
    stream.halfClose();
    assertThat(stream.awaitEnd().isOk()).isTrue();
    assertThat(stream.answers().getFirst().getMetricsReceived()).isEqualTo(received);
    assertThat(stream.answers().getFirst().getMetricsRejected()).isEqualTo(refused).isPositive();
    assertThat(taken("m1")).isEqualTo(ofOne);
    assertThat(taken("m2")).isEqualTo(ofOther);
    assertThat(outsider.ingest.session("m1").declarations()).isEqualTo(CORES);
  }
}
