package io.sysmonstm.gateway.helidon.internal.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What history knows, in the live view. */
class LiveNewestTest extends LiveViewFixture {
  private static Map<String, List<Sample>> newest(Instant at, double cpu) {
    return Map.of("a", List.of(new Sample("cpu_percent", Labels.empty(), at, cpu)));
  }

  @Test
  void isASignOfLifeAndToldOnce() {
    view.accept(cpu("a", 1, 1));
    view.attach(viewer);
    frames();
    time.advance(Duration.ofSeconds(14));

    view.mergeNewest(newest(time.instant(), 2), true);
    view.mergeNewest(newest(time.instant(), 2), true);
    time.advance(Duration.ofSeconds(1));
    view.tick();

    assertThat(frames()).singleElement().asString().contains("\"type\":\"metrics\"");
    assertThat(statusOf("a")).isEqualTo(MachineStatus.UP);
  }

  @Test
  void neverOverwritesWhatIsNewer() {
    view.accept(cpu("a", 1, 50));
    view.mergeNewest(newest(time.instant().minusSeconds(5), 10), true);

    assertThat(cpuOf("a")).isEqualTo(50);
  }

  @Test
  void ofATimeToComeDoesNotKeepAMachineUp() {
    view.mergeNewest(newest(time.instant().plusSeconds(3_600), 1), true);
    time.advance(Duration.ofMinutes(3));
    view.tick();

    assertThat(statusOf("a")).isEqualTo(MachineStatus.DOWN);
  }

  @Test
  void bringsNoMachinesUnlessItIsToldTo() {
    view.mergeNewest(newest(time.instant(), 1), false);
    assertThat(view.isEmpty()).isTrue();

    view.mergeNewest(newest(time.instant(), 1), true);
    view.mergeNewest(newest(time.instant().plusSeconds(1), 2), false);
    assertThat(cpuOf("a")).isEqualTo(2);
  }

  @Test
  void aMachineThatOnlyHistoryKnowsIsDescribedByTheNextThatKnowsMore() {
    view.mergeNewest(newest(time.instant(), 1), true);
    assertThat(machine("a").orElseThrow().resource().hostname()).isEqualTo("a");

    var before = time.instant().minusSeconds(1);
    view.merge(List.of(stored("a", before, before, 9)));

    var machine = machine("a").orElseThrow();
    assertThat(machine.resource().hostname()).isEqualTo("stored-a");
    assertThat(machine.interval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(machine.lastSeen()).isEqualTo(time.instant());
    assertThat(cpuOf("a")).isEqualTo(1);
  }
}
