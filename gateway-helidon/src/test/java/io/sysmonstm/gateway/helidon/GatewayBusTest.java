package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The bus is silent, and viewers see what the stores know; several gateways see the same. */
class GatewayBusTest {
  private static final Duration CYCLE = Duration.ofSeconds(5);
  private final GatewayFixture fixture = new GatewayFixture(GatewayFixture::still);
  private final Fleet fleet = fixture.fleet;

  @AfterEach
  void close() {
    fixture.close();
  }

  private void inStore(String machine, double percent) {
    var now = fixture.time.instant();
    fleet.current.put(
        new MachineState(
            machine,
            Resource.builder("host-" + machine).build(),
            now,
            CYCLE,
            List.of(new Sample("cpu_percent", Labels.empty(), now, percent)),
            List.of()));
  }

  private Alert alert(AlertState state) {
    return Alert.builder("id-1", "cpu-high", "a")
        .state(state)
        .startedAt(fixture.time.instant())
        .firedAt(fixture.time.instant())
        .build();
  }

  @Test
  void whileTheBusIsSilentEachCycleIsShownFromTheStoreWithinAnother() {
    inStore("a", 0);
    fixture.publishCpu("a", 1, 0);
    var viewer = new Viewer(fixture);
    viewer.next("snapshot");
    fleet.bus.silent = true;

    for (int cycle = 1; cycle <= 12; cycle++) {
      fixture.pass(CYCLE);
      inStore("a", cycle + 0.5);
      fixture.pass(Duration.ofSeconds(3));
      var frame = viewer.next();
      assertThat(frame).containsEntry("type", "metrics");
      assertThat(map(list(map(frame.get("data")), "metrics").getFirst()))
          .containsEntry("value", cycle + 0.5);
    }
  }

  @Test
  void aMachineThatIsNewWhileTheBusIsSilentAppears() {
    fixture.publishCpu("a", 1, 0);
    fleet.bus.silent = true;
    inStore("b", 1);
    fixture.pass(Duration.ofSeconds(12));

    assertThat(list(new Viewer(fixture).next("snapshot"), "machines")).hasSize(2);
  }

  @Test
  void alertsThatNoEventToldOfReachViewers() {
    fixture.publishCpu("a", 1, 0);
    var viewer = new Viewer(fixture);
    viewer.next("snapshot");
    fleet.bus.silent = true;

    fleet.alerts.save(alert(AlertState.FIRING));
    fixture.pass(Duration.ofSeconds(31));
    assertThat(viewer.next("alert")).containsEntry("change", "fired");

    fleet.alerts.acknowledge("id-1", Actor.within("me"));
    fixture.pass(Duration.ofSeconds(2));
    var acknowledged = viewer.next("alert");
    assertThat(acknowledged).containsEntry("change", "acknowledged");
    assertThat(map(acknowledged.get("data"))).containsEntry("acknowledged_by", "me");

    fleet.alerts.save(alert(AlertState.RESOLVED));
    fixture.pass(Duration.ofSeconds(6));
    assertThat(viewer.next("alert")).containsEntry("change", "resolved");
  }

  @Test
  void twoGatewaysShowTheSameFleet() {
    try (var other = new GatewayFixture(fixture)) {
      inStore("stored", 1);
      fixture.publishCpu("a", 1, 42);
      fleet.alerts.save(alert(AlertState.FIRING));
      fixture.pass(Duration.ofSeconds(31), other);

      assertThat(other.get("/api/v1/machines").body())
          .isEqualTo(fixture.get("/api/v1/machines").body());
      assertThat(new Viewer(other).next("snapshot"))
          .isEqualTo(new Viewer(fixture).next("snapshot"));
    }
  }

  @Test
  void whatOneGatewayIsToldTheOtherSeesEvenWithoutTheBus() {
    fleet.alerts.save(alert(AlertState.FIRING));
    try (var other = new GatewayFixture(fixture)) {
      fixture.pass(Duration.ofSeconds(2), other);
      var viewer = new Viewer(other);
      viewer.next("snapshot");
      fleet.bus.silent = true;

      assertThat(fixture.send("POST", "/api/v1/alerts/id-1/acknowledge", "").statusCode())
          .isEqualTo(204);
      assertThat(
              fixture
                  .send(
                      "PUT",
                      "/api/v1/rules/cpu-high",
                      "{\"metric\": \"cpu_percent\", \"operator\": \"gt\", \"threshold\": 90, \"severity\": \"warning\"}")
                  .statusCode())
          .isEqualTo(201);
      fixture.pass(Duration.ofSeconds(2), other);

      assertThat(viewer.next("alert")).containsEntry("change", "acknowledged");
      assertThat(json(other.get("/api/v1/rules/cpu-high"))).containsEntry("name", "cpu-high");
    }
  }
}
