package io.sysmonstm.gateway.helidon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayMetricsTest {
  private static final String NASTY = "a \"b\" \\ c\nd";

  private final GatewayFixture fixture = new GatewayFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private Sample sample(String metric, Labels labels, double value) {
    return new Sample(metric, labels, fixture.time.instant(), value);
  }

  private void put(String machine, Duration age, Sample... samples) {
    fixture.fleet.current.put(
        new MachineState(
            machine,
            Resource.builder(machine).build(),
            fixture.time.instant().minus(age),
            Duration.ofSeconds(5),
            List.of(samples),
            List.of()));
  }

  private List<String> lines(String... headers) {
    return fixture.get("/metrics", headers).body().lines().toList();
  }

  @Test
  void exposesEverySeriesOfEveryMachineWithHelpAndType() {
    put("a", Duration.ZERO, sample("cpu_percent", Labels.empty(), 12.5));
    put("b", Duration.ZERO, sample("cpu_percent", Labels.empty(), 90));

    assertThat(lines())
        .containsSubsequence(
            "# HELP sysmonstm_cpu_percent CPU time not idle, over all cores, in the last interval.",
            "# TYPE sysmonstm_cpu_percent gauge",
            "sysmonstm_cpu_percent{machine=\"a\"} 12.5",
            "sysmonstm_cpu_percent{machine=\"b\"} 90")
        .containsOnlyOnce("# TYPE sysmonstm_cpu_percent gauge");
  }

  @Test
  void saysWhichVersionItIs() {
    assertThat(fixture.get("/metrics").headers().firstValue("Content-Type"))
        .contains("text/plain; version=1.0.0; charset=utf-8; escaping=underscores");
  }

  @Test
  void leavesOutMachinesThatAreDown() {
    put("a", Duration.ofMinutes(10), sample("cpu_percent", Labels.empty(), 12.5));

    assertThat(lines()).noneMatch(line -> line.contains("machine=\"a\""));
  }

  @Test
  void countsItself() {
    fixture.metrics.counter("things_total", "Things.", Labels.of("kind", "x")).add(3);

    assertThat(lines())
        .containsSubsequence(
            "# HELP sysmonstm_self_things_total Things.",
            "# TYPE sysmonstm_self_things_total counter",
            "sysmonstm_self_things_total{kind=\"x\"} 3");
  }

  @Test
  void isServedFromMemoryAndAtLeastForItselfWhileTheStoreIsDown() {
    fixture.fleet.current.down = true;
    assertThat(lines()).anyMatch(line -> line.startsWith("sysmonstm_self_gateway_viewers "));

    fixture.publishCpu("a", 1, 7);
    assertThat(lines()).contains("sysmonstm_cpu_percent{machine=\"a\"} 7");
  }

  @Test
  void labelsOfItsOwnNameAndWithDotsKeepTheExpositionValid() {
    put("a", Duration.ZERO, sample("jobs", Labels.of(Map.of("machine", "x", "k8s.pod", "y")), 1));

    assertThat(lines())
        .contains("sysmonstm_jobs{machine=\"a\",k8s_pod=\"y\",exported_machine=\"x\"} 1");
    assertThat(lines("Accept", "text/plain;version=1.0.0;escaping=allow-utf-8"))
        .contains("sysmonstm_jobs{machine=\"a\",\"k8s.pod\"=\"y\",exported_machine=\"x\"} 1");
  }

  @Test
  void escapesAsThePrometheusClientDoes() throws IOException {
    put("a", Duration.ZERO, sample("disk_room", Labels.of("mount", NASTY), 1.25));
    var expected = new ByteArrayOutputStream();
    var point =
        GaugeDataPointSnapshot.builder()
            .labels(io.prometheus.metrics.model.snapshots.Labels.of("machine", "a", "mount", NASTY))
            .value(1.25)
            .build();
    PrometheusTextFormatWriter.create()
        .write(
            expected,
            MetricSnapshots.of(
                GaugeSnapshot.builder().name("sysmonstm_disk_room").dataPoint(point).build()));

    assertThat(fixture.get("/metrics").body()).contains(expected.toString(UTF_8));
  }
}
