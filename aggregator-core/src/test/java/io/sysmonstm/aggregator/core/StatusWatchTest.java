package io.sysmonstm.aggregator.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Resource;
import io.sysmonstm.spi.MachineEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatusWatchTest {
  private final ManualTime time = new ManualTime();
  private final FakeCurrent current = new FakeCurrent();
  private final Machines machines = new Machines(100, Duration.ofSeconds(5));
  private final List<MachineEvent> told = new ArrayList<>();
  private StatusWatch watch = newWatch();

  private StatusWatch newWatch() {
    return new StatusWatch(current, machines, time, told::add, new SelfMetrics());
  }

  @BeforeEach
  void nothingIsKnownYet() {
    watch.look();
  }

  private void hear(String machineId) {
    var machine = machines.enter(machineId, Resource.builder("host-" + machineId).build());
    machines.leave(machine);
    machine.heard(time.nanoTime(), time.instant());
    current.heard(machineId, time.instant());
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      time.advance(Duration.ofSeconds(1));
      watch.look();
    }
  }

  private List<MachineStatus> statuses() {
    return told.stream().map(MachineEvent::status).toList();
  }

  @Test
  void eachChangeIsToldOnce() {
    hear("web-1");
    pass(14);
    assertThat(statuses()).containsExactly(MachineStatus.UP);
    pass(1);
    assertThat(statuses()).containsExactly(MachineStatus.UP, MachineStatus.STALE);
    pass(60);
    assertThat(statuses())
        .containsExactly(MachineStatus.UP, MachineStatus.STALE, MachineStatus.DOWN);
    hear("web-1");
    pass(3);
    assertThat(statuses())
        .containsExactly(
            MachineStatus.UP, MachineStatus.STALE, MachineStatus.DOWN, MachineStatus.UP);
  }

  @Test
  void anEventSaysWhenTheMachineWasLastHeard() {
    var seen = time.instant();
    hear("web-1");
    pass(30);
    var down = told.getLast();
    assertThat(down.status()).isEqualTo(MachineStatus.DOWN);
    assertThat(down.machineId()).isEqualTo("web-1");
    assertThat(down.hostname()).isEqualTo("host-web-1");
    assertThat(down.lastSeen()).isEqualTo(seen);
    assertThat(down.at()).isEqualTo(time.instant());
  }

  @Test
  void aJumpOfTheWallClockSilencesNobody() {
    hear("web-1");
    pass(1);
    time.setWall(time.instant().plus(Duration.ofHours(1)));
    pass(5);
    hear("web-1");
    time.setWall(time.instant().minus(Duration.ofHours(2)));
    pass(10);
    assertThat(statuses()).containsExactly(MachineStatus.UP);
  }

  @Test
  void aMachineThatMovedToAnotherAggregatorIsNotCalledSilent() {
    hear("web-1");
    pass(10);
    current.heard("web-1", time.instant());
    pass(120);
    assertThat(statuses()).containsExactly(MachineStatus.UP);
    hear("web-1");
    pass(15);
    assertThat(statuses()).containsExactly(MachineStatus.UP, MachineStatus.STALE);
  }

  @Test
  void aStoreThatCannotSayPutsTheWordOffButNotForEver() {
    hear("web-1");
    pass(1);
    current.unreadable = true;
    pass(73);
    assertThat(statuses()).containsExactly(MachineStatus.UP);
    pass(1);
    assertThat(statuses()).containsExactly(MachineStatus.UP, MachineStatus.DOWN);
  }

  @Test
  void aMachineThatDiedWhileNobodyWatchedIsTold() {
    current.heard("web-1", time.instant());
    current.heard("web-2", time.instant());
    time.advance(Duration.ofMinutes(10));
    watch = newWatch();
    pass(20);
    assertThat(told).isEmpty();
    hear("web-2");
    pass(1);
    assertThat(told).extracting(MachineEvent::machineId).containsExactly("web-2");
    for (int i = 0; i < 20; i++) {
      pass(2);
      hear("web-2");
    }
    assertThat(told)
        .extracting(MachineEvent::machineId, MachineEvent::status)
        .containsExactly(tuple("web-2", MachineStatus.UP), tuple("web-1", MachineStatus.DOWN));
  }

  @Test
  void aRestartAmongRunningMachinesTellsNothing() {
    current.heard("web-1", time.instant());
    time.advance(Duration.ofSeconds(5));
    watch = newWatch();
    pass(20);
    hear("web-1");
    pass(10);
    assertThat(told).isEmpty();
  }

  @Test
  void whatWasSilentForDaysIsNotToldAgain() {
    current.heard("web-1", time.instant());
    time.advance(Duration.ofDays(2));
    watch = newWatch();
    pass(120);
    assertThat(told).isEmpty();
    hear("web-1");
    pass(1);
    assertThat(statuses()).containsExactly(MachineStatus.UP);
  }

  @Test
  void knownMachinesAreReadAsSoonAsTheStoreCanBeRead() {
    current.heard("web-1", time.instant());
    time.advance(Duration.ofMinutes(10));
    watch = newWatch();
    current.unreadable = true;
    pass(30);
    current.unreadable = false;
    pass(70);
    assertThat(statuses()).containsExactly(MachineStatus.DOWN);
  }
}
