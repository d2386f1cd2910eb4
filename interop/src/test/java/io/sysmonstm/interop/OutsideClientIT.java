package io.sysmonstm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.distributions.RunningImage;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.transport.grpc.v1.AllMachinesState;
import io.sysmonstm.transport.grpc.v1.Empty;
import io.sysmonstm.transport.grpc.v1.MachineState;
import io.sysmonstm.transport.grpc.v1.Metric;
import io.sysmonstm.transport.grpc.v1.MetricType;
import io.sysmonstm.transport.grpc.v1.StateRequest;
import io.sysmonstm.transport.grpc.v1.StreamAck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any language's client that speaks metrics.proto can feed and read sysmonstm. */
class OutsideClientIT {
  private static RunningImage image;
  private static OutsideClient client;

  @BeforeAll
  static void startTheImage(@TempDir Path directory) {
    image = RunningImage.standalone(directory.resolve("data"));
    client = new OutsideClient(image.grpcPort());
  }

  @AfterAll
  static void stopTheImage() {
    image.close();
  }

  @Test
  void streamsMetricsOneByOneAndReadsThemBackEverywhere() throws Exception {
    long now = System.currentTimeMillis();
    var metrics = new ArrayList<Metric>();
    for (int cycle = 9; cycle >= 0; cycle--) {
      long time = now - cycle * 1_000L;
      metrics.add(metric("outsider", time, MetricType.CPU_PERCENT, 50 + cycle, Map.of()));
      metrics.add(metric("outsider", time, MetricType.DISK_PERCENT, 80, Map.of("mount", "/")));
      metrics.add(metric("outsider", time, MetricType.DISK_PERCENT, 20, Map.of("mount", "/home")));
    }

    var ack = client.call("StreamMetrics", metrics, StreamAck.ADAPTER);

    assertThat(ack.status()).isEqualTo("0");
    assertThat(ack.message())
        .isEqualTo(new StreamAck.Builder().success(true).metrics_received(30L).build());
    var state =
        client.call("GetCurrentState", List.of(new StateRequest("outsider")), MachineState.ADAPTER);
    assertThat(state.message().hostname).isEqualTo("host-of-outsider");
    assertThat(state.message().current_metrics)
        .extracting(metric -> metric.type, metric -> metric.labels, metric -> metric.value)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(MetricType.CPU_PERCENT, Map.of(), 50.0),
            org.assertj.core.groups.Tuple.tuple(
                MetricType.DISK_PERCENT, Map.of("mount", "/"), 80.0),
            org.assertj.core.groups.Tuple.tuple(
                MetricType.DISK_PERCENT, Map.of("mount", "/home"), 20.0));
    var all = client.call("GetAllStates", List.of(new Empty()), AllMachinesState.ADAPTER);
    assertThat(all.message().machines)
        .extracting(machine -> machine.machine_id)
        .contains("outsider");
    var history = image.get("/api/v1/history?machine=outsider&metric=cpu_percent&from=-10m");
    assertThat(history).contains("[" + now + ",50").contains("[" + (now - 9_000) + ",59");
    Eventually.until(
        "the machine is in the fleet's list",
        () -> image.get("/api/v1/machines").contains("\"host-of-outsider\""));
  }

  @Test
  void refusesBadMetricsOneByOneAndGoesOn() throws Exception {
    long now = System.currentTimeMillis();
    var ack =
        client.call(
            "StreamMetrics",
            List.of(
                metric("careless", now, MetricType.CPU_PERCENT, Double.NaN, Map.of()),
                metric("careless", now, MetricType.METRIC_TYPE_UNSPECIFIED, 1, Map.of()),
                metric("not a machine id", now, MetricType.CPU_PERCENT, 1, Map.of()),
                metric("careless", now, MetricType.MEMORY_PERCENT, 33, Map.of())),
            StreamAck.ADAPTER);

    assertThat(ack.message().success).isTrue();
    assertThat(ack.message().metrics_received).isEqualTo(4);
    assertThat(ack.message().metrics_rejected).isEqualTo(3);
    assertThat(ack.message().message).isNotEmpty();
  }

  @Test
  void answersNotFoundForAMachineNeverSeen() throws Exception {
    var answer =
        client.call("GetCurrentState", List.of(new StateRequest("nobody")), MachineState.ADAPTER);

    assertThat(answer.status()).isEqualTo("5");
  }

  private static Metric metric(
      String machine, long time, MetricType type, double value, Map<String, String> labels) {
    return new Metric.Builder()
        .machine_id(machine)
        .hostname("host-of-" + machine)
        .timestamp_ms(time)
        .type(type)
        .value(value)
        .labels(labels)
        .build();
  }
}
