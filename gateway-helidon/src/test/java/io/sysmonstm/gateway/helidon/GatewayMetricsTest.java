package io.sysmonstm.gateway.helidon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayMetricsTest {
  private static final String OPEN_METRICS =
      "application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

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
            Resource.builder(machine + ".example")
                .os("Debian GNU/Linux")
                .arch("amd64")
                .tags(Map.of("env", "prod", "rack-unit", "7"))
                .build(),
            fixture.time.instant().minus(age),
            Duration.ofSeconds(5),
            List.of(samples),
            List.of()));
  }

  private List<String> lines(String... headers) {
    return fixture.get("/metrics", headers).body().lines().toList();
  }

  private String contentType(String accept) {
    return fixture
        .get("/metrics", "Accept", accept)
        .headers()
        .firstValue("Content-Type")
        .orElseThrow();
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
            "sysmonstm_cpu_percent{machine=\"b\"} 90.0")
        .containsOnlyOnce("# TYPE sysmonstm_cpu_percent gauge");
  }

  @Test
  void countersEndInTotal() {
    put("a", Duration.ZERO, sample("net_rx_bytes", Labels.of("interface", "eth0"), 1e9));

    assertThat(lines())
        .containsSubsequence(
            "# TYPE sysmonstm_net_rx_bytes_total counter",
            "sysmonstm_net_rx_bytes_total{interface=\"eth0\",machine=\"a\"} 1.0E9");
  }

  @Test
  void openMetricsHasUnitsAndAnEnd() {
    put(
        "a",
        Duration.ZERO,
        sample("memory_used_bytes", Labels.empty(), 5),
        sample("net_rx_bytes", Labels.of("interface", "eth0"), 7));

    assertThat(lines("Accept", OPEN_METRICS))
        .containsSubsequence(
            "# TYPE sysmonstm_memory_used_bytes gauge",
            "# UNIT sysmonstm_memory_used_bytes bytes",
            "# HELP sysmonstm_memory_used_bytes Memory in use: total less available.",
            "sysmonstm_memory_used_bytes{machine=\"a\"} 5.0",
            "# TYPE sysmonstm_net_rx_bytes counter",
            "sysmonstm_net_rx_bytes_total{interface=\"eth0\",machine=\"a\"} 7.0")
        .last()
        .isEqualTo("# EOF");
  }

  @Test
  void theFormatIsTheOneThatIsAccepted() {
    var open = "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=";

    assertThat(contentType("*/*"))
        .isEqualTo("text/plain; version=0.0.4; charset=utf-8; escaping=underscores");
    assertThat(contentType("text/plain;version=1.0.0;escaping=allow-utf-8"))
        .isEqualTo("text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8");
    assertThat(contentType(OPEN_METRICS)).isEqualTo(open + "underscores");
    assertThat(contentType("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6"))
        .isEqualTo(open + "allow-utf-8");
  }

  @Test
  void machinesThatAreDownEndButAreStillNamed() {
    put("a", Duration.ofMinutes(10), sample("cpu_percent", Labels.empty(), 12.5));
    put("b", Duration.ofSeconds(20), sample("cpu_percent", Labels.empty(), 7));

    assertThat(lines())
        .contains(
            "sysmonstm_machine_up{hostname=\"a.example\",machine=\"a\"} 0.0",
            "sysmonstm_machine_up{hostname=\"b.example\",machine=\"b\"} 1.0",
            "sysmonstm_machine_last_seen_timestamp_seconds{hostname=\"a.example\",machine=\"a\"}"
                + " 1.767225E9",
            "sysmonstm_cpu_percent{machine=\"b\"} 7.0")
        .noneMatch(line -> line.startsWith("sysmonstm_cpu_percent{machine=\"a\""));
  }

  @Test
  void tellsWhatAMachineIsForJoins() {
    put("a", Duration.ZERO);

    assertThat(lines())
        .contains(
            "sysmonstm_machine_info{arch=\"amd64\",collector_version=\"\",hostname=\"a.example\",machine=\"a\",os=\"Debian"
                + " GNU/Linux\",tag_env=\"prod\",tag_rack_unit=\"7\"} 1.0");
  }

  @Test
  void countsItself() {
    fixture.metrics.counter("things_total", "Things.", Labels.of("kind", "x")).add(3);

    assertThat(lines())
        .containsSubsequence(
            "# HELP sysmonstm_self_things_total Things.",
            "# TYPE sysmonstm_self_things_total counter",
            "sysmonstm_self_things_total{kind=\"x\"} 3.0");
  }

  @Test
  void isServedFromMemoryAndAtLeastForItselfWhileTheStoreIsDown() {
    fixture.fleet.current.down = true;
    assertThat(lines()).anyMatch(line -> line.startsWith("sysmonstm_self_gateway_viewers "));

    fixture.publishCpu("a", 1, 7);
    assertThat(lines()).contains("sysmonstm_cpu_percent{machine=\"a\"} 7.0");
  }

  @Test
  void labelsOfItsOwnNameAndWithDotsKeepTheExpositionValid() {
    put("a", Duration.ZERO, sample("jobs", Labels.of(Map.of("machine", "x", "k8s.pod", "y")), 1));

    assertThat(lines())
        .contains("sysmonstm_jobs{exported_machine=\"x\",k8s_pod=\"y\",machine=\"a\"} 1.0");
    assertThat(lines("Accept", "text/plain;version=1.0.0;escaping=allow-utf-8"))
        .contains("sysmonstm_jobs{exported_machine=\"x\",\"k8s.pod\"=\"y\",machine=\"a\"} 1.0");
  }

  @Test
  void labelsThatPrometheusRefusesCostNothingElse() {
    put(
        "a",
        Duration.ZERO,
        sample("jobs", Labels.of(Map.of("__name__", "x", "a.b", "1", "a_b", "2")), 1),
        sample("cpu_percent", Labels.empty(), 2));

    assertThat(lines())
        .contains(
            "sysmonstm_jobs{_name__=\"x\",a_b=\"1\",machine=\"a\"} 1.0",
            "sysmonstm_cpu_percent{machine=\"a\"} 2.0");
  }

  @Test
  void seriesThatBecomeOneByTheirNamesAreExposedOnce() {
    put(
        "a",
        Duration.ZERO,
        sample("net_rx_bytes", Labels.of("interface", "eth0"), 7),
        sample("net_rx_bytes_total", Labels.of("interface", "eth0"), 8),
        sample("jobs", Labels.of("a.b", "x"), 1),
        sample("jobs", Labels.of("a_b", "x"), 2));

    assertThat(lines())
        .containsOnlyOnce("sysmonstm_net_rx_bytes_total{interface=\"eth0\",machine=\"a\"} 7.0")
        .containsOnlyOnce("sysmonstm_jobs{a_b=\"x\",machine=\"a\"} 1.0")
        .doesNotContain(
            "sysmonstm_net_rx_bytes_total{interface=\"eth0\",machine=\"a\"} 8.0",
            "sysmonstm_jobs{a_b=\"x\",machine=\"a\"} 2.0");
  }

  @Test
  void noApplicationSpeaksForTheGateway() {
    put(
        "a",
        Duration.ZERO,
        sample("self_gateway_viewers", Labels.empty(), 99),
        sample("machine_up", Labels.empty(), 99));

    assertThat(lines()).noneMatch(line -> line.endsWith(" 99.0"));
  }

  @Test
  void valuesOfLabelsAreEscaped() {
    put("a", Duration.ZERO, sample("disk_room", Labels.of("mount", "a \"b\" \\ c"), 1.25));

    assertThat(lines())
        .contains("sysmonstm_disk_room{machine=\"a\",mount=\"a \\\"b\\\" \\\\ c\"} 1.25");
  }

  @Test
  void isCompressedForThoseThatAskForIt() throws IOException, InterruptedException {
    IntStream.range(0, 50)
        .forEach(i -> put("m" + i, Duration.ZERO, sample("cpu_percent", Labels.empty(), i)));
    var request =
        HttpRequest.newBuilder(fixture.uri("/metrics")).header("Accept-Encoding", "gzip").build();

    var response = fixture.client.send(request, BodyHandlers.ofInputStream());

    assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
    try (var in = new GZIPInputStream(response.body())) {
      assertThat(new String(in.readAllBytes(), UTF_8))
          .contains("sysmonstm_cpu_percent{machine=\"m49\"} 49.0");
    }
  }
}
