package io.sysmonstm.gateway.helidon.internal.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.ManualTime;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LiveViewTest {
  private static final TopProcess JAVA = new TopProcess(7, "java", "app", 180, 1 << 20);

  private final ManualTime time = new ManualTime();
  private final SelfMetrics metrics = new SelfMetrics();
  private final SeriesRegistry series = new SeriesRegistry();
  private final LiveView view = new LiveView(time, 3, metrics);
  private final Outbox viewer = new Outbox();

  private BatchBuilder batch(String machine, long seq) {
    return new BatchBuilder(series, machine, seq, time.instant());
  }

  private MetricsEvent cpu(String machine, long seq, double percent) {
    return batch(machine, seq).sample("cpu_percent", percent).event();
  }

  private static MachineState stored(String machine, Instant seen, Instant observed, double cpu) {
    return new MachineState(
        machine,
        Resource.builder("stored-" + machine).build(),
        seen,
        Duration.ofSeconds(5),
        List.of(new Sample("cpu_percent", Labels.empty(), observed, cpu)),
        List.of());
  }

  private double cpuOf(String machine) {
    return view.machine(machine).orElseThrow().samples().getFirst().value();
  }

  private MachineStatus statusOf(String machine) {
    return view.status(view.machine(machine).orElseThrow());
  }

  private List<String> frames() {
    var texts = new ArrayList<String>();
    try {
      for (var frame = viewer.take(Duration.ZERO);
          frame.isPresent();
          frame = viewer.take(Duration.ZERO)) {
        texts.add(text(frame.get()));
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return texts;
  }

  private static String text(Frame frame) {
    var all = new ByteArrayOutputStream();
    frame.parts().forEach(all::writeBytes);
    var text = all.toString(UTF_8);
    return text.substring(text.indexOf('{'));
  }

  @Nested
  class State {
    @Test
    void ofEachSeriesTheNewestSampleByItsTimeWins() {
      var late = batch("a", 1).sample("cpu_percent", 10).sample("load_avg_1m", 1).event();
      time.advance(Duration.ofSeconds(5));
      view.accept(cpu("a", 2, 20));
      view.accept(late);

      assertThat(view.machine("a").orElseThrow().samples())
          .extracting(Sample::metric, Sample::value)
          .containsExactly(tuple("cpu_percent", 20.0), tuple("load_avg_1m", 1.0));
    }

    @Test
    void labelsTellSeriesApart() {
      view.accept(
          batch("a", 1)
              .sample("disk_percent", Labels.of("mount", "/"), 1)
              .sample("disk_percent", Labels.of("mount", "/home"), 2)
              .event());

      assertThat(view.machine("a").orElseThrow().samples()).hasSize(2);
    }

    @Test
    void replaysChangeNothing() {
      view.accept(cpu("a", 2, 20));
      time.advance(Duration.ofSeconds(60));
      view.accept(batch("a", 1).sample("cpu_percent", 99).replay().event());
      view.tick();

      assertThat(cpuOf("a")).isEqualTo(20);
      assertThat(statusOf("a")).isEqualTo(MachineStatus.DOWN);
    }

    @Test
    void topProcessesStayUntilNewOnesCome() {
      view.accept(batch("a", 1).sample("cpu_percent", 1).processes(JAVA).event());
      time.advance(Duration.ofSeconds(5));
      view.accept(cpu("a", 2, 2));

      assertThat(view.machine("a").orElseThrow().processes()).containsExactly(JAVA);
    }

    @Test
    void seriesThatOthersLeftBehindAreForgotten() {
      view.accept(batch("a", 1).sample("cpu_percent", 1).sample("load_avg_1m", 1).event());
      time.advance(Duration.ofMinutes(6));
      view.accept(cpu("a", 2, 2));
      view.tick();

      assertThat(view.machine("a").orElseThrow().samples())
          .extracting(Sample::metric)
          .containsExactly("cpu_percent");
    }

    @Test
    void machinesBeyondTheBoundAreRefusedAndCounted() {
      for (var machine : List.of("a", "b", "c", "d")) {
        view.accept(cpu(machine, 1, 1));
      }

      assertThat(view.machines())
          .extracting(MachineState::machineId)
          .containsExactly("a", "b", "c");
      assertThat(metrics.collect())
          .anySatisfy(
              reading -> {
                assertThat(reading.name()).isEqualTo("gateway_machines_refused_total");
                assertThat(reading.value()).isEqualTo(1);
              });
    }

    @Test
    void whatAStoreKnowsIsMergedAndNeverOverwritesWhatIsNewer() {
      view.accept(cpu("a", 1, 50));
      view.merge(
          List.of(
              stored("a", time.instant(), time.instant().minusSeconds(5), 10),
              stored("b", time.instant(), time.instant(), 20)));

      assertThat(cpuOf("a")).isEqualTo(50);
      assertThat(cpuOf("b")).isEqualTo(20);
    }
  }

  @Nested
  class Silence {
    @Test
    void aMachineIsStaleAfterThreeIntervalsAndDownAfterSix() {
      view.accept(cpu("a", 1, 1));
      view.attach(viewer);
      frames();

      time.advance(Duration.ofSeconds(14));
      view.tick();
      assertThat(frames()).isEmpty();

      time.advance(Duration.ofSeconds(1));
      view.tick();
      view.tick();
      assertThat(frames())
          .containsExactly(
              "{\"type\":\"machine\",\"timestamp\":\"2026-01-01T00:00:15.000Z\",\"machine_id\":\"a\",\"status\":\"stale\"}");

      time.advance(Duration.ofSeconds(15));
      view.tick();
      assertThat(frames()).singleElement().asString().contains("\"status\":\"down\"");
    }

    @Test
    void aMachineThatIsHeardAgainIsUpBeforeItsStateComes() {
      view.accept(cpu("a", 1, 1));
      time.advance(Duration.ofSeconds(60));
      view.tick();
      view.attach(viewer);
      frames();

      view.accept(cpu("a", 2, 2));

      assertThat(frames())
          .satisfiesExactly(
              frame -> assertThat(frame).contains("\"type\":\"machine\"", "\"status\":\"up\""),
              frame -> assertThat(frame).contains("\"type\":\"metrics\"", "\"status\":\"up\""));
    }

    @Test
    void goesByTheMonotonicClockAndNotByTheWall() {
      view.accept(cpu("a", 1, 1));
      time.setWall(Instant.parse("2027-01-01T00:00:00Z"));
      view.tick();

      assertThat(statusOf("a")).isEqualTo(MachineStatus.UP);
    }

    @Test
    void anEventThatIsDeliveredAgainDoesNotMakeAMachineHeard() {
      var event = cpu("a", 1, 1);
      view.accept(event);
      time.advance(Duration.ofSeconds(60));
      view.accept(event);
      view.tick();

      assertThat(statusOf("a")).isEqualTo(MachineStatus.DOWN);
    }

    @Test
    void aStoreTellsHowLongAMachineHasBeenSilent() {
      view.merge(List.of(stored("a", time.instant().minusSeconds(20), time.instant(), 1)));
      assertThat(statusOf("a")).isEqualTo(MachineStatus.STALE);

      view.merge(List.of(stored("a", time.instant().minusSeconds(1), time.instant(), 1)));
      assertThat(statusOf("a")).isEqualTo(MachineStatus.UP);
    }

    @Test
    void aMachineLastSeenAgesAgoIsDown() {
      view.merge(List.of(stored("a", Instant.EPOCH, Instant.EPOCH, 1)));

      assertThat(statusOf("a")).isEqualTo(MachineStatus.DOWN);
    }

    @Test
    void saysBeforehandWhenAMachineIsFallingSilent() {
      view.accept(cpu("a", 1, 1));
      time.advance(Duration.ofSeconds(9));
      assertThat(view.anyFallingSilent()).isFalse();
      time.advance(Duration.ofSeconds(1));
      assertThat(view.anyFallingSilent()).isTrue();
      time.advance(Duration.ofSeconds(60));
      view.tick();
      assertThat(view.anyFallingSilent()).isFalse();
    }
  }

  @Nested
  class Viewers {
    @Test
    void theSnapshotComesFirstAndLaterChangesFollow() {
      view.accept(cpu("b", 1, 1));
      view.accept(cpu("a", 1, 2.5));
      view.attach(viewer);
      time.advance(Duration.ofSeconds(5));
      view.accept(cpu("a", 2, 3));

      assertThat(frames())
          .satisfiesExactly(
              snapshot ->
                  assertThat(snapshot)
                      .startsWith(
                          "{\"type\":\"snapshot\",\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"machines\":[{\"machine_id\":\"a\"")
                      .contains("},{\"machine_id\":\"b\"")
                      .endsWith("]}"),
              metrics ->
                  assertThat(metrics)
                      .isEqualTo(
                          "{\"type\":\"metrics\",\"timestamp\":\"2026-01-01T00:00:05.000Z\",\"machine_id\":\"a\","
                              + "\"data\":{\"machine_id\":\"a\",\"hostname\":\"host-a\",\"status\":\"up\","
                              + "\"metrics\":[{\"metric\":\"cpu_percent\",\"unit\":\"%\",\"labels\":{},\"value\":3}],"
                              + "\"processes\":[]}}"));
    }

    @Test
    void viewersWithTheSameWishShareOneFrame() throws InterruptedException {
      var other = new Outbox();
      view.attach(viewer);
      view.attach(other);
      frames();
      other.take(Duration.ZERO);

      view.accept(cpu("a", 1, 1));

      assertThat(viewer.take(Duration.ZERO).orElseThrow())
          .isSameAs(other.take(Duration.ZERO).orElseThrow());
    }

    @Test
    void aSubscriptionNarrowsMachinesAndMetrics() {
      view.attach(viewer);
      viewer.subscribe(new Subscription(List.of("a"), List.of("load_*")));
      frames();

      view.accept(cpu("b", 1, 1));
      view.accept(batch("a", 1).sample("cpu_percent", 1).sample("load_avg_1m", 2).event());

      assertThat(frames())
          .singleElement()
          .asString()
          .contains("load_avg_1m")
          .doesNotContain("cpu_percent");
    }

    @Test
    void aBatchThatChangesNothingIsNotTold() {
      var event = cpu("a", 1, 1);
      view.accept(event);
      view.attach(viewer);
      frames();

      view.accept(event);

      assertThat(frames()).isEmpty();
    }

    @Test
    void aLateBatchNeverTurnsTheTimestampBack() {
      var late = batch("a", 1).sample("load_avg_1m", 1).event();
      time.advance(Duration.ofSeconds(5));
      view.accept(cpu("a", 2, 2));
      view.attach(viewer);
      frames();

      view.accept(late);

      assertThat(frames())
          .singleElement()
          .asString()
          .contains("\"timestamp\":\"2026-01-01T00:00:05.000Z\"");
    }

    @Test
    void whoWasLetGoGetsNothingMore() {
      view.attach(viewer);
      view.detach(viewer);
      frames();

      view.accept(cpu("a", 1, 1));

      assertThat(frames()).isEmpty();
    }
  }

  @Nested
  class Alerts {
    private final Alert firing =
        Alert.builder("id-1", "cpu-high", "a")
            .metric("cpu_percent")
            .state(AlertState.FIRING)
            .value(91)
            .threshold(90)
            .startedAt(time.instant())
            .firedAt(time.instant())
            .build();

    @Test
    void changesAreToldAndOpenOnesBelongToTheirMachine() {
      view.accept(cpu("a", 1, 1));
      view.attach(viewer);
      frames();

      view.accept(new AlertEvent(firing, AlertEvent.Change.FIRED));
      assertThat(view.openAlerts("a")).containsExactly("id-1");

      view.accept(
          new AlertEvent(
              firing.toBuilder().state(AlertState.RESOLVED).resolvedAt(time.instant()).build(),
              AlertEvent.Change.RESOLVED));
      assertThat(view.openAlerts("a")).isEmpty();

      assertThat(frames())
          .satisfiesExactly(
              frame ->
                  assertThat(frame)
                      .contains(
                          "\"type\":\"alert\"", "\"change\":\"fired\"", "\"resolved_at\":null"),
              frame -> assertThat(frame).contains("\"state\":\"resolved\""));
    }

    @Test
    void anAlertOfAMachineNotYetKnownIsKeptForIt() {
      view.accept(new AlertEvent(firing, AlertEvent.Change.FIRED));
      view.accept(cpu("a", 1, 1));

      assertThat(view.openAlerts("a")).containsExactly("id-1");
    }

    @Test
    void aCancelledOneEndsForViewersToo() {
      var pending = firing.toBuilder().state(AlertState.PENDING).build();
      view.accept(cpu("a", 1, 1));
      view.accept(new AlertEvent(pending, AlertEvent.Change.PENDING));
      view.attach(viewer);
      frames();

      view.accept(new AlertEvent(pending, AlertEvent.Change.CANCELLED));

      assertThat(view.openAlerts("a")).isEmpty();
      assertThat(frames())
          .singleElement()
          .asString()
          .contains("\"change\":\"cancelled\"", "\"state\":\"resolved\"");
    }

    @Test
    void aStoreSetsThemUnlessAnEventOvertookIt() {
      view.accept(cpu("a", 1, 1));
      long before = view.alertChanges();
      assertThat(view.replaceOpenAlerts(List.of(firing), before)).isTrue();
      assertThat(view.openAlerts("a")).containsExactly("id-1");

      view.accept(
          new AlertEvent(
              firing.toBuilder().state(AlertState.RESOLVED).build(), AlertEvent.Change.RESOLVED));

      assertThat(view.replaceOpenAlerts(List.of(firing), before)).isFalse();
      assertThat(view.openAlerts("a")).isEmpty();
    }
  }
}
