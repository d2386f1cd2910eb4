package io.sysmonstm.gateway.helidon.internal.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Sample;
import io.sysmonstm.json.ValueWriter;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class LiveStateTest extends LiveViewFixture {
  @Test
  void ofEachSeriesTheNewestSampleByItsTimeWins() {
    var late = batch("a", 1).sample("cpu_percent", 10).sample("load_avg_1m", 1).event();
    time.advance(Duration.ofSeconds(5));
    view.accept(cpu("a", 2, 20));
    view.accept(late);

    assertThat(machine("a").orElseThrow().samples())
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

    assertThat(machine("a").orElseThrow().samples()).hasSize(2);
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

    assertThat(machine("a").orElseThrow().processes()).containsExactly(JAVA);
  }

  @Test
  void seriesThatOthersLeftBehindAreForgotten() {
    view.accept(batch("a", 1).sample("cpu_percent", 1).sample("load_avg_1m", 1).event());
    time.advance(Duration.ofMinutes(6));
    view.accept(cpu("a", 2, 2));
    view.tick();

    assertThat(machine("a").orElseThrow().samples())
        .extracting(Sample::metric)
        .containsExactly("cpu_percent");
  }

  @Test
  void machinesBeyondTheBoundAreRefusedAndCounted() {
    for (var machine : List.of("a", "b", "c", "d")) {
      view.accept(cpu(machine, 1, 1));
    }

    assertThat(view.machines())
        .extracting(one -> one.state().machineId())
        .containsExactly("a", "b", "c");
    assertThat(metrics.collect())
        .anySatisfy(
            reading -> {
              assertThat(reading.name()).isEqualTo("gateway_machines_refused_total");
              assertThat(reading.value()).isEqualTo(1);
            });
  }

  @Test
  void oneThatWasSilentForADayLongerMakesRoom() {
    view.accept(cpu("a", 1, 1));
    time.advance(Duration.ofHours(1));
    view.accept(cpu("b", 1, 1));
    view.accept(cpu("c", 1, 1));
    time.advance(Duration.ofHours(22));
    view.accept(cpu("d", 1, 1));
    assertThat(machine("d")).isEmpty();
    time.advance(Duration.ofHours(1));
    view.attach(viewer);
    frames();
    view.accept(cpu("d", 1, 1));
    assertThat(frames())
        .first(InstanceOfAssertFactories.STRING)
        .contains("\"type\":\"forgotten\"", "\"machine_id\":\"a\"");

    assertThat(view.machines())
        .extracting(one -> one.state().machineId())
        .containsExactly("b", "c", "d");
    view.merge(List.of(stored("a", time.instant().minus(Duration.ofDays(1)), time.instant(), 1)));
    assertThat(machine("a")).as("who was gone does not come back for that").isEmpty();
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

  @Test
  void aStatusIsDatedByTheLastSignOfLifeOrByTheReturn() {
    view.accept(cpu("a", 1, 1));
    var heard = time.instant();
    view.attach(viewer);
    frames();
    assertThat(view.machine("a").orElseThrow().statusSince()).isEmpty();

    time.advance(Duration.ofSeconds(60));
    view.tick();
    assertThat(view.machine("a").orElseThrow().statusSince()).contains(heard);
    assertThat(frames())
        .singleElement()
        .asString()
        .contains("\"status_since\":\"" + ValueWriter.time(heard));

    time.advance(Duration.ofSeconds(60));
    view.accept(cpu("a", 2, 1));
    assertThat(view.machine("a").orElseThrow().statusSince()).contains(time.instant());
  }
}
