package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.testkit.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The live view is right even where events are missing. */
class GatewayHealingTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static MachineState machine(String id, Instant seen, double cpu) {
    return new MachineState(
        id,
        Resource.builder("host-" + id).build(),
        seen,
        Duration.ofSeconds(5),
        List.of(new Sample("cpu_percent", Labels.empty(), seen, cpu)),
        List.of());
  }

  private static Alert firing(String machine) {
    return Alert.builder("id-1", "cpu-high", machine)
        .state(AlertState.FIRING)
        .startedAt(START)
        .build();
  }

  private static List<?> machines(Viewer viewer) {
    return list(viewer.next("snapshot"), "machines");
  }

  @Test
  void whatTheStoresKnowAtTheStartIsInTheSnapshot() {
    try (var fixture =
        new GatewayFixture(
            builder -> builder,
            fleet -> {
              fleet.current.put(machine("a", START, 5));
              fleet.alerts.save(firing("a"));
            })) {
      Eventually.asserted(
          () -> {
            var machines = machines(new Viewer(fixture));
            assertThat(machines).hasSize(1);
            assertThat(map(machines.getFirst()))
                .containsEntry("machine_id", "a")
                .containsEntry("alerts", List.of("id-1"));
          });
    }
  }

  @Test
  void aStoreThatComesLaterIsReadThen() {
    try (var fixture = new GatewayFixture(builder -> builder, fleet -> fleet.current.down = true)) {
      var viewer = new Viewer(fixture);
      assertThat(machines(viewer)).isEmpty();
      fixture.fleet.current.put(machine("a", START, 5));
      fixture.fleet.current.down = false;

      Eventually.until(
          "the machine is known",
          () -> {
            fixture.time.advance(Duration.ofMillis(100));
            return fixture.reading("gateway_machines") > 0;
          });
      assertThat(viewer.next("metrics")).containsEntry("machine_id", "a");
    }
  }

  @Test
  void withoutAnyEventTheStoreKeepsMachinesFromLookingSilent() {
    try (var fixture = new GatewayFixture()) {
      fixture.publishCpu("a", 1, 1);
      var viewer = new Viewer(fixture);
      viewer.next("snapshot");

      fixture.time.advance(Duration.ofSeconds(8));
      fixture.fleet.current.put(machine("a", fixture.time.instant(), 2));
      fixture.time.advance(Duration.ofSeconds(3));

      var frame = viewer.next();
      assertThat(frame).containsEntry("type", "metrics");
      assertThat(map(frame.get("data"))).containsEntry("status", "up");
    }
  }

  @Test
  void withTheAggregatorDeadAllIsStillShownAndTurnsStale() {
    try (var fixture = new GatewayFixture()) {
      fixture.publishCpu("a", 1, 1);
      fixture.fleet.current.down = true;
      fixture.fleet.alerts.unavailable(true);
      fixture.time.advance(Duration.ofSeconds(20));

      Eventually.asserted(
          () ->
              assertThat(map(list(json(fixture.get("/api/v1/machines")), "machines").getFirst()))
                  .containsEntry("status", "stale"));
      assertThat(machines(new Viewer(fixture))).hasSize(1);
    }
  }
}
