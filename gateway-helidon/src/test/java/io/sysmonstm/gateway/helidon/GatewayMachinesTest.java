package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.Answers.assertSecurityHeaders;
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
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.MachineForgotten;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayMachinesTest {
  private final GatewayFixture fixture = new GatewayFixture();
  private final Instant now = fixture.time.instant();

  @AfterEach
  void close() {
    fixture.close();
  }

  private MachineState machine(String id) {
    return new MachineState(
        id,
        Resource.builder("host-" + id)
            .os("Linux")
            .cpuModel("Zen")
            .logicalCpus(8)
            .memoryBytes(1L << 34)
            .bootTime(now.minusSeconds(3600))
            .tags(Map.of("env", "prod"))
            .build(),
        now,
        Duration.ofSeconds(5),
        List.of(
            new Sample("cpu_percent", Labels.empty(), now, 12.5),
            new Sample("disk_percent", Labels.of("mount", "/"), now, 90)),
        List.of(new TopProcess(1, "init", "root", 0.5, 4096)));
  }

  @Test
  void areListedWithAllThatIsKnown() {
    fixture.fleet.current.put(machine("web-1"));

    var response = fixture.get("/api/v1/machines");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertSecurityHeaders(response);
    var machine = map(list(json(response), "machines").getFirst());
    assertThat(machine)
        .containsEntry("machine_id", "web-1")
        .containsEntry("hostname", "host-web-1")
        .containsEntry("status", "up")
        .containsEntry("last_seen", "2026-01-01T00:00:00.000Z")
        .containsEntry("tags", Map.of("env", "prod"))
        .containsEntry("alerts", List.of());
    assertThat(map(machine.get("resource")))
        .containsEntry("os", "Linux")
        .containsEntry("cpu_model", "Zen")
        .containsEntry("logical_cpus", 8)
        .containsEntry("memory_bytes", 17_179_869_184L)
        .containsEntry("boot_time", "2025-12-31T23:00:00.000Z");
    assertThat(list(machine, "metrics"))
        .isEqualTo(
            List.of(
                Map.of("metric", "cpu_percent", "unit", "%", "labels", Map.of(), "value", 12.5),
                Map.of(
                    "metric",
                    "disk_percent",
                    "unit",
                    "%",
                    "labels",
                    Map.of("mount", "/"),
                    "value",
                    90)));
    assertThat(list(machine, "processes"))
        .isEqualTo(
            List.of(
                Map.of(
                    "pid",
                    1,
                    "name",
                    "init",
                    "user",
                    "root",
                    "cpu_percent",
                    0.5,
                    "rss_bytes",
                    4096)));
  }

  @Test
  void oneIsFoundByItsId() {
    fixture.fleet.current.put(machine("web-1"));

    assertThat(json(fixture.get("/api/v1/machines/web-1"))).containsEntry("machine_id", "web-1");
  }

  @ParameterizedTest
  @CsvSource({"nobody", "a%20b", "..%2f..%2fetc", "a%00b", "%27;--"})
  void anUnknownOneIs404(String id) {
    assertProblem(fixture.get("/api/v1/machines/" + id), 404, "NOT_FOUND");
  }

  @Test
  void oneThatIsDownIsForgottenEverywhere() {
    fixture.fleet.current.put(machine("web-1"));
    fixture.fleet.current.put(machine("web-2"));
    var up = fixture.send("DELETE", "/api/v1/machines/web-1", "");
    assertProblem(up, 409, "FAILED_PRECONDITION");
    assertThat(up.body()).contains("stop its collector");
    var other = new GatewayFixture(fixture);
    fixture.pass(Duration.ofMinutes(2), other);
    assertThat(json(fixture.get("/api/v1/machines/web-1"))).containsEntry("status", "down");
    assertThat(json(other.get("/api/v1/machines/web-1"))).containsEntry("status", "down");

    var forgotten = fixture.send("DELETE", "/api/v1/machines/web-1?by=Ada", "");

    assertThat(forgotten.statusCode()).as(forgotten.body()).isEqualTo(204);
    assertThat(fixture.fleet.current.states).containsOnlyKeys("web-2");
    assertThat(fixture.fleet.access.audit())
        .filteredOn(entry -> entry.action().equals("machine_forgotten"))
        .singleElement()
        .satisfies(entry -> assertThat(entry.by()).isEqualTo("Ada"))
        .satisfies(entry -> assertThat(entry.subject()).isEqualTo("web-1"));
    for (var gateway : List.of(fixture, other)) {
      assertProblem(gateway.get("/api/v1/machines/web-1"), 404, "NOT_FOUND");
      assertThat(list(json(gateway.get("/api/v1/machines")), "machines")).hasSize(1);
    }
    assertProblem(fixture.send("DELETE", "/api/v1/machines/web-1", ""), 404, "NOT_FOUND");
    var alert = Alert.builder("a1", "down", "web-1").state(AlertState.FIRING).build();
    fixture.fleet.bus.publish(new AlertEvent(alert, AlertEvent.Change.FIRED));
    assertThat(fixture.send("DELETE", "/api/v1/machines/web-1", "").statusCode())
        .as("again, where an engine has not heard of it")
        .isEqualTo(204);
    fixture.pass(Duration.ofSeconds(1), other);
    fixture.publishCpu("web-1", 1, 42);
    assertThat(json(other.get("/api/v1/machines/web-1"))).containsEntry("status", "up");
    other.close();
  }

  @Test
  void whoWasSilentForLongIsForgottenAfterAWhile() {
    var seen = now.minus(Duration.ofDays(31));
    var gone =
        new GatewayFixture(GatewayFixture::still, fleet -> fleet.current.put(seen("gone", seen)));
    gone.fleet.current.put(seen("away", now.minus(Duration.ofDays(29))));
    gone.pass(Duration.ofMinutes(55));
    gone.publishCpu("here", 1, 42);
    assertThat(gone.fleet.current.states).as("they may be back").hasSize(2);

    gone.pass(Duration.ofMinutes(6));

    assertThat(gone.fleet.current.states).containsOnlyKeys("away");
    assertThat(list(json(gone.get("/api/v1/machines")), "machines"))
        .extracting(machine -> map(machine).get("machine_id"))
        .containsExactly("away", "here");
    assertThat(gone.fleet.bus.published)
        .filteredOn(MachineForgotten.class::isInstance)
        .extracting(event -> ((MachineForgotten) event).machineId())
        .containsExactly("gone");
    assertThat(gone.fleet.access.audit())
        .filteredOn(entry -> entry.action().equals("machine_forgotten"))
        .singleElement()
        .satisfies(entry -> assertThat(entry.by()).isEqualTo("sysmonstm"))
        .satisfies(entry -> assertThat(entry.subject()).isEqualTo("gone"))
        .satisfies(entry -> assertThat(entry.detail()).startsWith("silent since before "));
    gone.close();
  }

  private MachineState seen(String id, Instant at) {
    var machine = machine(id);
    return new MachineState(id, machine.resource(), at, machine.interval(), List.of(), List.of());
  }

  @Test
  void noneIsForgottenWhileTheStoreIsDown() {
    fixture.fleet.current.put(machine("web-1"));
    fixture.pass(Duration.ofMinutes(2));
    assertThat(json(fixture.get("/api/v1/machines/web-1"))).containsEntry("status", "down");
    fixture.fleet.current.down = true;

    assertProblem(fixture.send("DELETE", "/api/v1/machines/web-1", ""), 503, "UNAVAILABLE");

    fixture.fleet.current.down = false;
    assertThat(fixture.get("/api/v1/machines/web-1").statusCode()).isEqualTo(200);
    assertThat(fixture.send("DELETE", "/api/v1/machines/web-1", "").statusCode()).isEqualTo(204);
  }

  @Test
  void comeFromMemoryWhileTheStoreIsDown() {
    fixture.publishCpu("web-1", 1, 42);
    fixture.fleet.current.down = true;

    var machine = map(list(json(fixture.get("/api/v1/machines")), "machines").getFirst());

    assertThat(machine).containsEntry("hostname", "host-web-1").containsEntry("status", "up");
    assertThat(fixture.get("/api/v1/machines/web-1").statusCode()).isEqualTo(200);
  }

  @Test
  void are503WhenNeitherStoreNorMemoryHasThem() {
    fixture.fleet.current.down = true;

    var response = fixture.get("/api/v1/machines");

    assertProblem(response, 503, "UNAVAILABLE");
    assertThat(response.headers().firstValue("Retry-After")).isPresent();
  }
}
