package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static io.sysmonstm.gateway.helidon.GatewayFixture.list;
import static io.sysmonstm.gateway.helidon.GatewayFixture.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The store of current state is away, frozen or empty, and the picture stays right. */
class GatewayFallbackTest {
  private static final Duration CALL = Duration.ofSeconds(2);
  private static final Duration CYCLE = Duration.ofSeconds(5);

  private final CountDownLatch thaw = new CountDownLatch(1);
  private final GatewayFixture fixture = new GatewayFixture(GatewayFixture::still);
  private final Fleet fleet = fixture.fleet;

  @AfterEach
  void close() {
    thaw.countDown();
    fixture.close();
  }

  private Sample cpu(double percent) {
    return new Sample("cpu_percent", Labels.empty(), fixture.time.instant(), percent);
  }

  private void inHistory(String machine, double percent) {
    fleet.history.newest.put(machine, List.of(cpu(percent)));
  }

  private void inStore(String machine, double percent) {
    fleet.current.put(
        new MachineState(
            machine,
            Resource.builder("host-" + machine).build(),
            fixture.time.instant(),
            CYCLE,
            List.of(cpu(percent)),
            List.of()));
  }

  private Map<String, @Nullable Object> machine(String id) {
    return json(fixture.get("/api/v1/machines/" + id));
  }

  private @Nullable Object cpuOf(String id) {
    return map(list(machine(id), "metrics").getFirst()).get("value");
  }

  /** One cycle of a fleet whose samples reach history alone. */
  private void cycleInHistory(double percent) {
    inHistory("a", percent);
    fixture.pass(CYCLE);
  }

  @Test
  void withoutStoreAndEventsHistoryKeepsMachinesUpAndMoving() {
    fixture.publishCpu("a", 1, 1);
    var viewer = new Viewer(fixture);
    viewer.next("snapshot");
    fleet.current.down = true;
    fleet.bus.silent = true;
    fixture.pass(CYCLE);

    for (int cycle = 1; cycle <= 12; cycle++) {
      cycleInHistory(10.5 + cycle);
      assertThat(machine("a")).containsEntry("status", "up");
      assertThat(cpuOf("a")).isEqualTo(10.5 + cycle);
      var frame = viewer.next();
      assertThat(frame)
          .as("one frame a cycle, no change of status")
          .containsEntry("type", "metrics");
      assertThat(map(list(map(frame.get("data")), "metrics").getFirst()))
          .containsEntry("value", 10.5 + cycle);
    }
    assertThat(fixture.get("/metrics").body())
        .contains("sysmonstm_cpu_percent{machine=\"a\"} 22.5");
    assertThat(map(list(new Viewer(fixture).next("snapshot"), "machines").getFirst()))
        .containsEntry("hostname", "host-a")
        .containsEntry("status", "up");
  }

  @Test
  void readinessNamesThePartAndTheReason() {
    fixture.publishCpu("a", 1, 1);
    fleet.current.down = true;

    var ready = fixture.get("/ready");

    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(ready.body())
        .contains("\"status\":\"degraded\"", "\"current_state\":\"error: down for the test\"");
  }

  @Test
  void aMachineThatHistoryDoesNotHaveEitherGoesDown() {
    fixture.publishCpu("a", 1, 1);
    fleet.current.down = true;
    fleet.bus.silent = true;
    fixture.pass(Duration.ofSeconds(35));

    assertThat(machine("a")).containsEntry("status", "down");
  }

  @Test
  void aFrozenStoreCostsACallLessThanTwoSecondsAndTheNextOnesNothing() {
    fixture.publishCpu("a", 1, 42);
    fleet.current.hangs = thaw;

    assertThat(timed("/api/v1/machines", 200)).isLessThan(CALL);
    fixture.time.advance(Duration.ofSeconds(31));
    fixture.gateway.tick();
    fixture.time.advance(Duration.ofSeconds(2));

    assertThat(timed("/api/v1/machines", 200)).isLessThan(Duration.ofMillis(400));
    assertThat(timed("/metrics", 200)).isLessThan(Duration.ofMillis(400));
    for (int i = 0; i < 20; i++) {
      timed("/api/v1/machines", 200);
    }
    assertThat(fleet.current.asking.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void whereNothingIsKnownAFrozenStoreIsGivenUpForHistory() {
    fleet.current.hangs = thaw;
    inHistory("a", 7);

    assertThat(timed("/api/v1/machines", 200)).isLessThan(CALL);
    assertThat(cpuOf("a")).isEqualTo(7);
    assertThat(machine("a")).containsEntry("hostname", "a").containsEntry("status", "up");
  }

  @Test
  void frozenStoresAnswer503AndPileUpNoThreads() {
    fleet.current.hangs = thaw;
    fleet.history.hangs = thaw;

    var took =
        IntStream.range(0, 40).parallel().mapToObj(i -> timed("/api/v1/machines", 503)).toList();

    assertThat(took).allSatisfy(one -> assertThat(one).isLessThan(Duration.ofSeconds(4)));
    assertThat(fleet.current.asking.get()).as("calls, the feed").isLessThanOrEqualTo(9);
    assertThat(fleet.history.asking.get()).as("a call, the feed").isLessThanOrEqualTo(2);
    assertProblem(fixture.get("/api/v1/machines"), 503, "UNAVAILABLE");
    assertThat(fixture.get("/ready").statusCode()).isEqualTo(503);
    assertThat(fixture.get("/").statusCode()).isEqualTo(200);
  }

  @Test
  void aStoreThatLostItsMemoryTakesNothingAway() {
    fixture.publishCpu("a", 1, 1);
    fixture.publishCpu("b", 1, 2);
    inStore("b", 3);

    assertThat(list(json(fixture.get("/api/v1/machines")), "machines")).hasSize(2);
    assertThat(fixture.get("/metrics").body()).contains("{machine=\"a\"}", "{machine=\"b\"}");
  }

  @Test
  void theStateIsRightWithinSecondsAfterTheStoreIsBack() {
    fixture.publishCpu("a", 1, 1);
    fleet.current.down = true;
    fleet.bus.silent = true;
    for (int cycle = 0; cycle < 4; cycle++) {
      cycleInHistory(cycle);
    }
    fleet.history.newest.clear();

    inStore("a", 99);
    inStore("new", 5);
    fleet.current.down = false;
    fixture.pass(Duration.ofSeconds(2));

    assertThat(cpuOf("a")).isEqualTo(99);
    assertThat(cpuOf("new")).isEqualTo(5);
    assertThat(json(fixture.get("/ready"))).containsEntry("status", "ready");
  }

  @Test
  void startedWhileAllIsDownItServesThePageAndRecoversByItself() {
    try (var late =
        new GatewayFixture(
            GatewayFixture::still,
            down -> {
              down.current.down = true;
              down.history.down = true;
              down.alerts.unavailable(true);
              down.bus.silent = true;
            })) {
      assertThat(late.get("/").statusCode()).isEqualTo(200);
      assertProblem(late.get("/api/v1/machines"), 503, "UNAVAILABLE");
      assertProblem(late.get("/api/v1/alerts"), 503, "UNAVAILABLE");
      assertProblem(late.get("/api/v1/history?metric=cpu_percent"), 503, "UNAVAILABLE");
      assertThat(json(late.get("/ready"))).containsEntry("status", "not_ready");
      assertThat(late.get("/ready").body()).contains("\"events\":\"error: the bus of the test");
      var viewer = new Viewer(late);
      assertThat(list(viewer.next("snapshot"), "machines")).isEmpty();

      late.fleet.current.down = false;
      late.fleet.history.down = false;
      late.fleet.alerts.unavailable(false);
      late.fleet.bus.silent = false;
      late.pass(Duration.ofSeconds(3));
      late.publishCpu("a", 1, 1);

      assertThat(viewer.next("metrics")).containsEntry("machine_id", "a");
      assertThat(json(late.get("/ready"))).containsEntry("status", "ready");
    }
  }

  private Duration timed(String path, int status) {
    long start = System.nanoTime();
    assertThat(fixture.get(path).statusCode()).isEqualTo(status);
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
