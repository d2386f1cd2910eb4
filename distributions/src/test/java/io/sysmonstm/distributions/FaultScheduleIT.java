package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.FaultRig.print;
import static io.sysmonstm.distributions.FaultRig.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.load.FaultyLink;
import io.sysmonstm.load.LinkCondition;
import io.sysmonstm.load.Workload;
import io.sysmonstm.test.servers.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All faults at random, one after the other and now and then two at a time, for 40 s; the seed is
 * printed, and {@code -Dsysmonstm.faults.seed=N} plays the same schedule again. {@code
 * -Dsysmonstm.faults.minutes=N} makes it longer.
 */
class FaultScheduleIT {
  private static final Workload WORKLOAD = new Workload(20);
  private static final int MACHINES = 30;

  private record Fault(String place, String name, Runnable begin, Runnable end) {}

  @TempDir private Path directory;

  @Test
  void nothingIsLostAndNothingIsDoubledWhateverHappens() throws Exception {
    long seed = Long.getLong("sysmonstm.faults.seed", System.nanoTime() & 0xFFFF_FFFFL);
    var length = Duration.ofSeconds(Integer.getInteger("sysmonstm.faults.minutes", 0) * 60L);
    length = length.isZero() ? Duration.ofSeconds(40) : length;
    var random = new Random(seed);
    try (var rig = new FaultRig(directory, seed, PostgresServer::createDatabase)) {
      var faults = faults(rig, random);
      var fleet = rig.machines(MACHINES, WORKLOAD);
      var happened = new ArrayList<String>();
      print("random faults for %s, seed %d", length, seed);
      long begin = System.nanoTime();
      while (since(begin).compareTo(length) < 0) {
        var chosen = choose(faults, random);
        var time = Duration.ofMillis(500 + random.nextInt(4_500));
        happened.add(
            "%s for %d ms".formatted(chosen.stream().map(Fault::name).toList(), time.toMillis()));
        try {
          chosen.forEach(fault -> fault.begin().run());
          FaultRig.pass(time);
        } finally {
          chosen.forEach(fault -> fault.end().run());
        }
        FaultRig.pass(Duration.ofMillis(random.nextInt(1_500)));
      }
      print("  %s", String.join(", ", happened));
      var live = rig.awaitLive(fleet);
      print(
          "%d random faults, seed %d: live again after %s; %s",
          happened.size(), seed, live, rig.judge(fleet, true));
      // A broken stream is noticed after 20 s at the latest; from then on 10 s.
      assertThat(live).isLessThan(Duration.ofSeconds(30));
    }
  }

  private static List<Fault> choose(List<Fault> faults, Random random) {
    var first = faults.get(random.nextInt(faults.size()));
    var second = faults.get(random.nextInt(faults.size()));
    return random.nextInt(4) > 0 || first.place().equals(second.place())
        ? List.of(first)
        : List.of(first, second);
  }

  private static List<Fault> faults(FaultRig rig, Random random) {
    var links = List.of(rig.machinesLink, rig.databaseLink, rig.redisLink);
    var names = List.of("machines", "database", "Redis");
    var faults = new ArrayList<Fault>();
    for (int i = 0; i < links.size(); i++) {
      var link = links.get(i);
      var name = names.get(i);
      faults.add(new Fault(name, "cut from " + name, link::cut, () -> {}));
      faults.add(new Fault(name, "refused by " + name, () -> refuse(link), link::clear));
      faults.add(
          new Fault(name, "held from " + name, () -> link.set(LinkCondition.HELD), link::clear));
      faults.add(
          new Fault(name, "lost from " + name, () -> link.set(LinkCondition.DROPPED), link::clear));
      faults.add(
          new Fault(
              name,
              "slow to " + name,
              () ->
                  link.set(
                      LinkCondition.late(Duration.ofMillis(150), Duration.ofMillis(150))
                          .throttled(30_000)),
              link::clear));
      faults.add(
          new Fault(
              name,
              "half-open to " + name,
              () ->
                  link.connections().stream()
                      .filter(connection -> random.nextBoolean())
                      .forEach(
                          connection -> {
                            if (random.nextBoolean()) {
                              connection.dropClient();
                            } else {
                              connection.dropServer();
                            }
                          }),
              () -> {}));
    }
    faults.add(new Fault("aggregator", "aggregator killed", rig::killAggregator, () -> {}));
    faults.add(
        new Fault(
            "aggregator",
            "aggregator frozen",
            () -> rig.aggregator().signal("STOP"),
            () -> rig.aggregator().signal("CONT")));
    faults.add(
        new Fault(
            "database",
            "commits cut",
            () -> rig.databaseLink.commits().cut(4),
            () -> rig.databaseLink.commits().none()));
    faults.add(
        new Fault(
            "database",
            "commits slow",
            () -> rig.databaseLink.commits().delay(Duration.ofSeconds(2)),
            () -> rig.databaseLink.commits().none()));
    faults.add(new Fault("server", "database stopped", rig.postgres::stop, rig.postgres::start));
    faults.add(new Fault("server", "database frozen", rig.postgres::pause, rig.postgres::resume));
    faults.add(new Fault("Redis server", "Redis stopped", rig.redis::stop, rig.redis::start));
    return faults;
  }

  private static void refuse(FaultyLink link) {
    link.set(LinkCondition.REFUSED);
    link.cut();
  }
}
