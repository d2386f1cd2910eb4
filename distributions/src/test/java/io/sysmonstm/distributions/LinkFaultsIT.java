package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.FaultRig.print;
import static io.sysmonstm.distributions.FaultRig.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.load.Fleet;
import io.sysmonstm.load.LinkCondition;
import io.sysmonstm.load.Pace;
import io.sysmonstm.load.ServerCpu;
import io.sysmonstm.load.Workload;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens between machines and the aggregator: it stops answering, the network loses
 * everything, the network is slow, some machines send a hundred times as much. With {@code
 * -Dsysmonstm.faults.long=true} it stops for 60 s, the partition lasts 10 minutes and the slow link
 * 5 minutes, the burst a minute.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LinkFaultsIT {
  private static final Workload WORKLOAD = new Workload(30);
  private static final Duration NOTICED = Duration.ofSeconds(20);
  private static final long IN_FLIGHT_BYTES = 64L << 20;
  // What a batch takes in memory: no more than 200 bytes, and 16 for each sample.
  private static final long BATCH_BYTES = 200 + 16L * WORKLOAD.series();
  // In which a burst could fill twice the memory there is for it.
  private static final int WINDOW = (int) (2 * IN_FLIGHT_BYTES / BATCH_BYTES / 4);

  private FaultRig rig;

  @BeforeAll
  void start(@TempDir Path directory) {
    rig = new FaultRig(directory, 1, PostgresServer::createDatabase);
  }

  @AfterAll
  void stop() {
    rig.close();
  }

  @AfterEach
  void clear() {
    rig.machinesLink.clear();
  }

  @Test
  void aFrozenAggregatorIsNoticedAndItsOldStreamsAreFenced() throws Exception {
    var fleet = rig.machines(20, WORKLOAD);
    var frozen = Duration.ofSeconds(FaultRig.LONG_FORM ? 60 : 20);
    Duration noticed;
    long begin = System.nanoTime();
    rig.aggregator().signal("STOP");
    try {
      noticed = noticed(fleet, begin);
      FaultRig.pass(frozen.minus(since(begin)));
    } finally {
      rig.aggregator().signal("CONT");
    }
    var live = rig.awaitLive(fleet);
    print(
        "aggregator frozen for %s: noticed after %s, live again after %s; %s",
        since(begin).minus(live), noticed, live, rig.judge(fleet, true));
    assertThat(noticed).isLessThan(NOTICED);
    FaultRig.assertSoon(live);
  }

  @Test
  void aPartitionIsNoticedAndDisturbsNobodyElse() throws Exception {
    var fleet = rig.machines(20, WORKLOAD);
    var neighbours = rig.neighbours(20, WORKLOAD);
    var least = FaultRig.LONG_FORM ? Duration.ofMinutes(10) : Duration.ZERO;
    var ages = new ArrayList<Duration>();
    long begin = System.nanoTime();
    rig.machinesLink.set(LinkCondition.DROPPED);
    var noticed = noticed(fleet, begin, () -> ages.add(rig.liveAge(neighbours)));
    while (since(begin).compareTo(least) < 0) {
      FaultRig.pass(Duration.ofMillis(500));
      ages.add(rig.liveAge(neighbours));
    }
    var lasted = since(begin);
    rig.machinesLink.clear();
    var live = rig.awaitLive(fleet);
    print(
        "partition for %s: noticed after %s, live again after %s, the others at most %s old; %s",
        lasted,
        noticed,
        live,
        ages.stream().max(Duration::compareTo).get(),
        rig.judge(fleet, true));
    print("  the others: %s", rig.judge(neighbours, false));
    assertThat(noticed).isLessThan(NOTICED);
    assertThat(ages).allMatch(age -> age.compareTo(Duration.ofSeconds(5)) < 0);
    FaultRig.assertSoon(live);
  }

  @Test
  void aSlowLinkIsLateAndDoesNotBreak() throws Exception {
    // 250 ms each way, 8000 bytes a second, and now and then a packet that has to be sent again.
    rig.machinesLink.set(
        LinkCondition.late(Duration.ofMillis(250), Duration.ofMillis(50))
            .throttled(8_000)
            .stalling(0.05, Duration.ofMillis(800)));
    var fleet = rig.machines(8, WORKLOAD);
    long streams = fleet.ledger().streams();
    var ages = new ArrayList<Duration>();
    long begin = System.nanoTime();
    var length = Duration.ofSeconds(FaultRig.LONG_FORM ? 300 : 20);
    while (since(begin).compareTo(length) < 0) {
      FaultRig.pass(Duration.ofMillis(250));
      ages.add(rig.liveAge(fleet));
    }
    var p95 = percentile(ages, 95);
    long reconnects = fleet.ledger().streams() - streams;
    var acks = fleet.ledger().ackTimes();
    rig.machinesLink.clear();
    print(
        "slow link for %s: live p95 %s, %d reconnects, ack p99 %s; %s",
        length, p95, reconnects, acks.percentile(99), rig.judge(fleet, false));
    assertThat(p95).isLessThan(Duration.ofSeconds(15));
    assertThat(reconnects).isLessThanOrEqualTo(fleet.machines().size());
  }

  @Test
  void aBurstIsHeldBackAndDisturbsNobodyElse() throws Exception {
    var others = rig.neighbours(20, WORKLOAD);
    long before = ServerCpu.residentBytes(rig.aggregator().pid());
    var length = Duration.ofSeconds(FaultRig.LONG_FORM ? 60 : 5);
    // As far as anybody can tell from outside, all that is not acknowledged is in flight.
    var burst = rig.machines(4, WORKLOAD, Pace.flatOut(WINDOW));
    var ages = new ArrayList<Duration>();
    long most = 0;
    long resident = 0;
    long begin = System.nanoTime();
    while (since(begin).compareTo(length) < 0) {
      FaultRig.pass(Duration.ofMillis(250));
      ages.add(rig.liveAge(others));
      most = Math.max(most, burst.unacknowledgedBatches() * BATCH_BYTES);
      resident = Math.max(resident, ServerCpu.residentBytes(rig.aggregator().pid()));
    }
    double times = burst.batches() / 4.0 / since(begin).toMillis() * 1_000;
    print(
        "burst of 4 machines for %s, each %.0f times as much as usual: at most %.1f MB not"
            + " acknowledged, RSS %+.0f MB to %.0f MB, the others' live p95 %s; %s",
        length,
        times,
        most / 1e6,
        (resident - before) / 1e6,
        resident / 1e6,
        percentile(ages, 95),
        rig.judge(burst, false));
    print("  the others: %s", rig.judge(others, false));
    assertThat(most).isLessThan(IN_FLIGHT_BYTES);
    assertThat(resident - before).as("RSS").isLessThan(2 * IN_FLIGHT_BYTES);
    assertThat(percentile(ages, 95)).isLessThan(Duration.ofSeconds(5));
  }

  private static Duration noticed(Fleet fleet, long begin) {
    return noticed(fleet, begin, () -> {});
  }

  private static Duration noticed(Fleet fleet, long begin, Runnable meanwhile) {
    Eventually.until(
        "the machines notice",
        Duration.ofSeconds(40),
        () -> {
          meanwhile.run();
          return fleet.connected() == 0;
        });
    return since(begin);
  }

  private static Duration percentile(List<Duration> times, int percent) {
    var sorted = times.stream().sorted().toList();
    return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
  }
}
