package io.sysmonstm.gateway.helidon.internal.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.gateway.helidon.EdgeFields;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.json.Publication;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DisclosureTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Aliases ALIASES = new Aliases(new byte[] {1, 2, 3});

  private static final MachineView MACHINE =
      new MachineView(
          new MachineState(
              "db-10.0.0.5",
              Resource.builder("db.corp.example")
                  .os("Linux")
                  .cpuModel("secret-model")
                  .logicalCpus(4)
                  .tags(Map.of("owner", "secret-owner", "env", "prod"))
                  .build(),
              NOW,
              Duration.ofSeconds(5),
              List.of(
                  sample("cpu_percent", Labels.empty(), 1),
                  sample("cpu_percent_per_core", Labels.of("core", "0"), 2),
                  sample("cpu_percent_per_core", Labels.of("core", "1"), 3),
                  sample(
                      "disk_percent",
                      Labels.of(Map.of("mount", "/home/secret", "device", "/dev/sdx")),
                      4),
                  sample("disk_percent", Labels.of(Map.of("mount", "/", "device", "/dev/sdx")), 5),
                  sample("network_sent_bytes_sec", Labels.of("interface", "eth-secret"), 6),
                  sample("app_secret_orders", Labels.empty(), 7)),
              List.of(new TopProcess(1, "secret-process", "secret-user", 1, 1))),
          MachineStatus.UP,
          Optional.empty(),
          List.of("secret-alert-id"));

  private static final Alert ALERT =
      Alert.builder("secret-alert-id", "Disk almost full", "db-10.0.0.5")
          .state(AlertState.FIRING)
          .metric("disk_percent")
          .labels(Labels.of(Map.of("mount", "/home/secret", "device", "/dev/sdx")))
          .value(95)
          .threshold(90)
          .startedAt(NOW)
          .firedAt(NOW)
          .acknowledgedBy("secret-person")
          .message("/home/secret on db.corp.example is 95 % full")
          .processes(List.of(new TopProcess(1, "secret-process", "secret-user", 1, 1)))
          .build();

  private static Sample sample(String metric, Labels labels, double value) {
    return new Sample(metric, labels, NOW, value);
  }

  private static Disclosure disclosure(String fields, boolean hide) {
    return new Disclosure(EdgeFields.parse(fields).orElseThrow(), hide, ALIASES);
  }

  private static String sent(Disclosure disclosure) {
    return new String(
        new Publication.Snapshot(
                NOW, List.of(disclosure.of(MACHINE)), disclosure.of(ALERT).stream().toList(), false)
            .write(),
        UTF_8);
  }

  @Test
  void byDefaultNothingThatNamesAnythingLeavesButTheHost() {
    var sent = sent(disclosure(EdgeFields.DEFAULT, false));

    assertThat(sent)
        .contains("db.corp.example", "\"cpu_percent\"", "\"core\":\"1\"", "Disk almost full")
        .contains("\"mount\":\"mount-", "\"severity\":\"warning\"", "\"value\":95")
        .doesNotContain("secret", "/dev", "/home", "eth", "owner", "prod");
  }

  @Test
  void hiddenMachinesHaveAnAliasThatStays() {
    var disclosure = disclosure(EdgeFields.DEFAULT, true);
    var sent = sent(disclosure);

    assertThat(sent).doesNotContain("db", "corp", "10.0.0.5", "secret");
    assertThat(disclosure.of(MACHINE).state().machineId())
        .matches("host-[0-9a-f]{12}")
        .isEqualTo(disclosure.of(MACHINE).state().resource().hostname())
        .isEqualTo(disclosure.of(ALERT).orElseThrow().machineId())
        .isNotEqualTo(
            new Disclosure(EdgeFields.usual(), true, new Aliases(new byte[] {9}))
                .of(MACHINE)
                .state()
                .machineId());
  }

  @Test
  void anAlertOfAMachineKeepsItsIdInBoth() {
    var disclosure = disclosure(EdgeFields.DEFAULT, false);

    assertThat(disclosure.of(MACHINE).alerts())
        .containsExactly(disclosure.of(ALERT).orElseThrow().id());
  }

  @Test
  void seriesThatCannotBeToldApartWithoutALabelStayAtHome() {
    var shown = disclosure("disk_percent,cpu_percent_per_core,network_*", false).of(MACHINE);

    assertThat(shown.state().samples())
        .containsExactly(sample("network_sent_bytes_sec", Labels.empty(), 6));
  }

  @Test
  void anEmptyListLetsOutThatAMachineIsThere() {
    var disclosure = disclosure("", false);
    var shown = disclosure.of(MACHINE);

    assertThat(shown.state().samples()).isEmpty();
    assertThat(shown.state().processes()).isEmpty();
    assertThat(shown.state().resource().os()).isEmpty();
    assertThat(shown.alerts()).isEmpty();
    assertThat(disclosure.of(ALERT)).isEmpty();
  }

  @Test
  void whatIsAskedForLeaves() {
    var sent =
        sent(
            disclosure(
                "*,label:mount,label:device,tag:env,resource:cpu_*,processes,alerts,alert-messages",
                false));

    assertThat(sent)
        .contains("/home/secret", "/dev/sdx", "\"env\":\"prod\"", "secret-model", "secret-process")
        .contains("is 95 % full")
        .doesNotContain("secret-owner", "secret-person", "eth-secret", "secret-alert-id");
  }

  @Test
  void anAlertOnAMetricThatMayNotLeaveStaysAtHome() {
    assertThat(disclosure("cpu_percent,alerts", false).of(ALERT)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"CPU", "label:", "secret:x", "resource:ip", "processes:x", "cpu percent"})
  void aFieldThatDoesNotExistIsRefused(String text) {
    assertThat(EdgeFields.parse(text)).isEmpty();
  }
}
