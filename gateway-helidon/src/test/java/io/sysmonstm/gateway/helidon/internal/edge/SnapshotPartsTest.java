package io.sysmonstm.gateway.helidon.internal.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.gateway.helidon.EdgeFields;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.json.Publication;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SnapshotPartsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Disclosure EVERYTHING =
      new Disclosure(
          EdgeFields.parse("*,label:*").orElseThrow(), false, new Aliases(new byte[] {1}));

  private final List<byte[]> messages = new ArrayList<>();

  @Test
  void messagesAreNeverLargerThanAnEdgeTakesAndHoldEverythingOnce() throws Exception {
    // 50 machines of 900 series are some 5 MB.
    var machines = IntStream.range(0, 120).mapToObj(index -> machine(index, 900)).toList();
    var alerts = IntStream.range(0, 500).mapToObj(SnapshotPartsTest::alert).toList();

    SnapshotParts.send(NOW, machines, alerts, EVERYTHING, messages::add);

    assertThat(messages)
        .allSatisfy(
            message -> assertThat(message).hasSizeLessThanOrEqualTo(SnapshotParts.MOST_BYTES));
    var parts = parts();
    assertThat(parts.stream().flatMap(part -> part.machines().stream()))
        .extracting(machine -> machine.state().machineId())
        .containsExactlyElementsOf(
            machines.stream().map(machine -> machine.state().machineId()).toList());
    assertThat(parts.stream().flatMap(part -> part.alerts().stream()))
        .extracting(Alert::id)
        .containsExactlyElementsOf(alerts.stream().map(Alert::id).toList());
    assertThat(parts.stream().filter(part -> !part.more())).containsExactly(parts.getLast());
  }

  @Test
  void anEmptyFleetIsOneMessage() throws Exception {
    SnapshotParts.send(NOW, List.of(), List.of(), EVERYTHING, messages::add);

    assertThat(parts()).containsExactly(new Publication.Snapshot(NOW, List.of(), List.of(), false));
  }

  private List<Publication.Snapshot> parts() {
    return messages.stream()
        .map(message -> (Publication.Snapshot) Publication.read(message))
        .toList();
  }

  private static MachineView machine(int index, int series) {
    var samples =
        IntStream.range(0, series)
            .mapToObj(
                core ->
                    new Sample(
                        "cpu_percent_per_core",
                        Labels.of(Map.of("core", String.valueOf(core))),
                        NOW,
                        core))
            .toList();
    return new MachineView(
        new MachineState(
            "machine-" + index,
            Resource.builder("host-" + index).build(),
            NOW,
            Duration.ofSeconds(5),
            samples,
            List.of()),
        MachineStatus.UP,
        Optional.empty(),
        List.of());
  }

  private static Alert alert(int index) {
    return Alert.builder("alert-" + index, "Disk almost full", "machine-1")
        .state(AlertState.FIRING)
        .metric("disk_percent")
        .value(95)
        .startedAt(NOW)
        .firedAt(NOW)
        .message("x".repeat(4_000))
        .build();
  }
}
