package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.FaultRig.print;
import static io.sysmonstm.distributions.FaultRig.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.load.CommitFaults.Cut;
import io.sysmonstm.load.LinkCondition;
import io.sysmonstm.load.Workload;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.Skipped;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens between the aggregator and PostgreSQL: connections break during the commit, commits
 * take 5 s, the network loses everything, the disk is full. With {@code
 * -Dsysmonstm.faults.long=true} 100 commits are cut instead of 20, and the other faults last 2
 * minutes each.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HistoryFaultsIT {
  private static final Workload WORKLOAD = new Workload(30);
  private static final int MACHINES = 20;
  private static final int CUTS = FaultRig.LONG_FORM ? 100 : 20;
  private static final int DISK_MEGABYTES = FaultRig.LONG_FORM ? 1_000 : 300;

  private Optional<SmallDisk> disk;
  private FaultRig rig;

  @BeforeAll
  void start(@TempDir Path directory, @TempDir Path mountPoint) {
    disk = SmallDisk.mount(mountPoint, DISK_MEGABYTES);
    rig = new FaultRig(directory, 2, this::newDatabase);
  }

  private String newDatabase(PostgresServer postgres) {
    if (disk.isEmpty()) {
      return postgres.createDatabase();
    }
    PostgresServer.execute(
        postgres.jdbcUrl("postgres"),
        "CREATE TABLESPACE small LOCATION '%s'".formatted(disk.get().directory("tables")),
        "CREATE DATABASE small TABLESPACE small");
    return postgres.jdbcUrl("small");
  }

  @AfterAll
  void stop() {
    try {
      rig.close();
    } finally {
      disk.ifPresent(SmallDisk::close);
    }
  }

  @AfterEach
  void clear() {
    rig.databaseLink.clear();
    disk.ifPresent(SmallDisk::free);
  }

  @Test
  void connectionsBreakDuringTheCommit() throws Exception {
    var fleet = rig.machines(MACHINES, WORKLOAD);
    var commits = rig.databaseLink.commits();
    long begin = System.nanoTime();
    commits.cut(CUTS);
    Eventually.until(
        "all cuts are made", Duration.ofSeconds(10L * CUTS), () -> commits.cutsLeft() == 0);
    var lasted = since(begin);
    print(
        "%d commits cut within %s, %s: %s", CUTS, lasted, commits.done(), rig.judge(fleet, false));
    assertThat(commits.done().get(Cut.ANSWER)).as("of which history had them").isPositive();
  }

  @Test
  void commitsTakeFiveSeconds() throws Exception {
    var fleet = rig.machines(MACHINES, WORKLOAD);
    long volatileBefore = fleet.ledger().volatileAcks();
    var length = Duration.ofSeconds(FaultRig.LONG_FORM ? 120 : 16);
    long begin = System.nanoTime();
    rig.databaseLink.commits().delay(Duration.ofSeconds(5));
    Eventually.until("acks are volatile", () -> fleet.ledger().volatileAcks() > volatileBefore);
    var turned = since(begin);
    long durableBefore = fleet.ledger().durableBatches();
    fleet.ledger().ackTimes();
    FaultRig.pass(length.minus(turned));
    var live = rig.liveAge(fleet);
    long durable = fleet.ledger().durableBatches() - durableBefore;
    var acks = fleet.ledger().ackTimes();
    rig.databaseLink.commits().none();
    print(
        "commits of 5 s for %s: acks volatile after %s, %d batches durable meanwhile, ack p99 %s,"
            + " live view %s old; %s",
        length, turned, durable, acks.percentile(99), live, rig.judge(fleet, true));
    assertThat(turned).isLessThan(Duration.ofSeconds(6));
    assertThat(durable).as("history is slow, not away").isPositive();
    assertThat(acks.percentile(99)).isLessThan(Duration.ofSeconds(15));
    assertThat(live).isLessThan(Duration.ofSeconds(10));
    assertThat(rig.aggregator().log()).doesNotContain("it took too long");
  }

  @Test
  void theNetworkToTheDatabaseLosesEverything() throws Exception {
    var fleet = rig.machines(MACHINES, WORKLOAD);
    long volatileBefore = fleet.ledger().volatileAcks();
    var length = Duration.ofSeconds(FaultRig.LONG_FORM ? 120 : 12);
    long begin = System.nanoTime();
    rig.databaseLink.set(LinkCondition.DROPPED);
    Eventually.until("acks are volatile", () -> fleet.ledger().volatileAcks() > volatileBefore);
    var turned = since(begin);
    Eventually.until("it says so", rig::historyFails);
    var told = since(begin);
    FaultRig.pass(length.minus(told));
    var live = rig.liveAge(fleet);
    var lasted = since(begin);
    rig.databaseLink.clear();
    long back = System.nanoTime();
    Eventually.until("history works again", () -> !rig.historyFails());
    var healthy = since(back);
    print(
        "database unreachable for %s: acks volatile after %s, said so after %s, live view %s old,"
            + " healthy %s after its return; %s",
        lasted, turned, told, live, healthy, rig.judge(fleet, true));
    assertThat(turned).isLessThan(Duration.ofSeconds(6));
    assertThat(told).isLessThan(Duration.ofSeconds(15));
    assertThat(live).isLessThan(Duration.ofSeconds(10));
    assertThat(healthy).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void theDiskOfTheDatabaseIsFull() throws Exception {
    Skipped.unless(disk.isPresent(), "a full disk takes the right to mount a small file system");
    var fleet = rig.machines(MACHINES, WORKLOAD);
    var length = Duration.ofSeconds(FaultRig.LONG_FORM ? 120 : 10);
    long begin = System.nanoTime();
    disk.get().fill();
    Eventually.until("it says so", () -> rig.health().contains("disk is full"));
    var told = since(begin);
    long attemptsBefore = rollbacks();
    long counted = System.nanoTime();
    FaultRig.pass(length);
    double attempts = (rollbacks() - attemptsBefore) * 1e3 / since(counted).toMillis();
    var live = rig.liveAge(fleet);
    disk.get().free();
    long back = System.nanoTime();
    Eventually.until("history works again", () -> !rig.historyFails());
    var healthy = since(back);
    print(
        "disk full for %s: said so after %s, %.1f attempts a second, live view %s old, healthy %s"
            + " after it was freed; %s",
        length, told, attempts, live, healthy, rig.judge(fleet, true));
    assertThat(told).isLessThan(Duration.ofSeconds(30));
    assertThat(attempts).isLessThan(1.3);
    assertThat(live).isLessThan(Duration.ofSeconds(10));
    assertThat(rig.aggregator().log())
        .doesNotContain("batch_refused_by_history", "sample_refused_by_history");
  }

  private long rollbacks() {
    return PostgresServer.askNumber(
        rig.postgres.jdbcUrl("postgres"),
        "SELECT xact_rollback FROM pg_stat_database WHERE datname = 'small'");
  }
}
