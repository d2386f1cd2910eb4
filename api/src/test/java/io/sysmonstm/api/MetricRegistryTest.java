package io.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricRegistryTest {
  /** The enum MetricType of the wire contract, from number 1 on; these never change. */
  private static final List<String> ON_THE_WIRE =
      List.of(
          "cpu_percent",
          "cpu_percent_per_core",
          "memory_percent",
          "memory_used_bytes",
          "memory_available_bytes",
          "disk_percent",
          "disk_used_bytes",
          "disk_read_bytes_sec",
          "disk_write_bytes_sec",
          "network_sent_bytes_sec",
          "network_recv_bytes_sec",
          "process_count",
          "load_avg_1m",
          "load_avg_5m",
          "load_avg_15m");

  private final MetricRegistry registry = MetricRegistry.builtIn();

  @Test
  void numbersTheMetricsOfTheWireAsTheyWereAlwaysNumbered() {
    for (int number = 1; number <= ON_THE_WIRE.size(); number++) {
      var metric = registry.findByProtoNumber(number).orElseThrow();

      assertThat(metric.name()).isEqualTo(ON_THE_WIRE.get(number - 1));
      assertThat(metric.protoNumber()).hasValue(number);
    }
    assertThat(registry.findByProtoNumber(0)).isEmpty();
    assertThat(registry.all()).filteredOn(metric -> metric.protoNumber().isPresent()).hasSize(15);
  }

  @Test
  void labelsTheMetricsOfTheWireAsItSays() {
    assertThat(labels("cpu_percent_per_core")).containsExactly("core");
    assertThat(labels("disk_percent")).containsExactly("mount", "device", "fstype");
    assertThat(labels("disk_used_bytes")).containsExactly("mount", "device", "fstype");
    assertThat(labels("disk_read_bytes_sec")).containsExactly("device");
    assertThat(labels("disk_write_bytes_sec")).containsExactly("device");
    assertThat(labels("network_sent_bytes_sec")).containsExactly("interface");
    assertThat(labels("network_recv_bytes_sec")).containsExactly("interface");
    assertThat(labels("cpu_percent")).isEmpty();
  }

  @Test
  void hasOneValidDescriptionOfEachName() {
    assertThat(registry.all()).extracting(MetricDescriptor::name).doesNotHaveDuplicates();
    assertThat(registry.all())
        .allSatisfy(
            metric -> {
              assertThat(Names.metricProblem(metric.name())).isEmpty();
              assertThat(metric.help()).endsWith(".");
              assertThat(metric.minimum()).isLessThan(metric.maximum());
              assertThat(registry.find(metric.name())).containsSame(metric);
              assertThat(metric.otelScale()).isPositive();
            });
  }

  @Test
  void boundsPercentages() {
    assertThat(registry.all())
        .filteredOn(metric -> metric.unit() == Unit.PERCENT)
        .filteredOn(metric -> !metric.name().startsWith("agent_"))
        .allSatisfy(
            metric -> {
              assertThat(metric.minimum()).isZero();
              assertThat(metric.maximum()).isEqualTo(100);
            });
  }

  @Test
  void describesAnyOtherValidNameAsAPlainGauge() {
    var metric = registry.describe("my_queue_depth");

    assertThat(metric.kind()).isEqualTo(MetricKind.GAUGE);
    assertThat(metric.unit()).isEqualTo(Unit.ONE);
    assertThat(metric.minimum()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(metric.protoNumber()).isEmpty();
    assertThat(registry.find("my_queue_depth")).isEmpty();
  }

  @Test
  void refusesToDescribeANameThatIsNotValid() {
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> registry.describe("No Such\nName"))
        .withMessageContaining("'No Such?Name' is not valid");
  }

  private List<String> labels(String metric) {
    return registry.find(metric).orElseThrow().labels();
  }
}
