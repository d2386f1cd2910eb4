package io.sysmonstm.gateway.helidon.internal.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.MachineStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveSilenceTest extends LiveViewFixture {
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
            "{\"type\":\"machine\",\"timestamp\":\"2026-01-01T00:00:15.000Z\",\"machine_id\":\"a\",\"status\":\"stale\",\"status_since\":\"2026-01-01T00:00:00.000Z\"}");

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
  void saysWhenAMachineIsOverdueUntilItIsGivenUp() {
    view.accept(cpu("a", 1, 1));
    time.advance(Duration.ofSeconds(9));
    assertThat(view.anyOverdue(1.5)).isTrue();
    assertThat(view.anyOverdue(2)).isFalse();
    time.advance(Duration.ofSeconds(60));
    view.tick();
    assertThat(view.anyOverdue(1.5)).isFalse();
  }

  @Test
  void saysWhenNoEventTellsOfAnyMachine() {
    view.accept(cpu("a", 1, 1));
    time.advance(Duration.ofSeconds(9));
    view.merge(List.of(stored("a", time.instant(), time.instant(), 1)));
    assertThat(view.quietFor(Duration.ofSeconds(10))).isFalse();
    time.advance(Duration.ofSeconds(1));
    assertThat(view.quietFor(Duration.ofSeconds(10))).isTrue();
    view.accept(cpu("a", 2, 1));
    assertThat(view.quietFor(Duration.ofSeconds(10))).isFalse();
  }
}
