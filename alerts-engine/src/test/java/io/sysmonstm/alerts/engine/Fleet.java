package io.sysmonstm.alerts.engine;

import io.sysmonstm.alerts.engine.internal.YamlRules;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.InMemoryAlertStore;
import io.sysmonstm.testkit.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Engines that share machines and a store, in one thread: each second every machine sends a batch,
 * and every engine does what its threads would. One may crash in the middle of any call of the
 * store or a notifier; its machines then come to the others, or to its successor.
 */
final class Fleet {
  private static final int MACHINES = 6;
  private static final Duration CRASH_EVERY = Duration.ofSeconds(100);
  private static final String RULES =
      """
      rules:
        - {name: busy, metric: cpu_percent, operator: gt, threshold: 90, clear: 80}
        - {name: very-busy, metric: cpu_percent, operator: gt, threshold: 90, clear: 80, for: 3s}
        - {name: down, absent: 30s}
      """;

  final ManualTime time = new ManualTime();
  final InMemoryAlertStore store = new InMemoryAlertStore(time);
  final Map<String, Integer> told = new TreeMap<>();
  int crashes;
  int episodes;
  private final Random random;
  private final SeriesRegistry registry = new SeriesRegistry();
  private final List<FleetMember> members = new ArrayList<>();
  private final Map<String, FleetMember> owners = new HashMap<>();
  private final Map<String, Boolean> hot = new TreeMap<>();
  private long nextCrash = Long.MAX_VALUE;
  private long seq;

  Fleet(long seed, int engines) {
    random = new Random(seed);
    for (int machine = 0; machine < MACHINES; machine++) {
      hot.put("m" + machine, false);
    }
    for (int engine = 0; engine < engines; engine++) {
      members.add(new FleetMember(this));
    }
    share();
  }

  AlertEngineBuilder builder(FleetMember member) {
    return AlertEngine.builder(member, member, member.store(), FleetMember.IDLE)
        .rules(RuleSource.of(YamlRules.parse("test.yaml", StandardCharsets.UTF_8.encode(RULES))))
        .notifier("pager", member::tell)
        .notificationRetry(Duration.ofSeconds(1), Duration.ofSeconds(4), 100)
        .groupWait(Duration.ofSeconds(2))
        .maxNotices(10_000)
        .time(time);
  }

  /** Gives each machine to one of the engines that live. */
  private void share() {
    var alive = members.stream().filter(FleetMember::isAlive).toList();
    if (alive.isEmpty()) {
      owners.clear();
      return;
    }
    int next = random.nextInt(alive.size());
    for (var machine : hot.keySet()) {
      owners.put(machine, alive.get(next++ % alive.size()));
    }
  }

  boolean owns(FleetMember member, String machine) {
    return member.equals(owners.get(machine));
  }

  void crashFrom(Duration later) {
    nextCrash = time.nanoTime() + later.toNanos();
  }

  /** Whether who asks is to die now; at some call when it is time for it. */
  boolean crashNow() {
    if (time.nanoTime() < nextCrash || random.nextInt(40) > 0) {
      return false;
    }
    crashes++;
    nextCrash = time.nanoTime() + CRASH_EVERY.toNanos();
    return true;
  }

  boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  void told(String what) {
    told.merge(what, 1, Integer::sum);
  }

  /** Lets time pass. */
  void pass(Duration by, boolean changing) {
    for (int second = 0; second < by.toSeconds(); second++) {
      time.advance(Duration.ofSeconds(1));
      for (var machine : List.copyOf(hot.keySet())) {
        if (changing && calm() && chance(40)) {
          var becomesHot = !hot.get(machine);
          hot.put(machine, becomesHot);
          episodes += becomesHot ? 1 : 0;
        }
        send(machine);
      }
      members.forEach(FleetMember::work);
      if (members.stream().anyMatch(FleetMember::isDue)) {
        members.forEach(FleetMember::startIfDue);
        share();
      } else if (members.size() > 1 && chance(60)) {
        share();
      }
    }
  }

  /** A condition that changes before a crashed engine was replaced would be seen by nobody. */
  private boolean calm() {
    return members.stream().allMatch(FleetMember::isSettled);
  }

  private void send(String machine) {
    var owner = owners.get(machine);
    if (owner != null) {
      owner.deliver(
          new BatchBuilder(registry, machine, ++seq, time.instant())
              .sample("cpu_percent", hot.getOrDefault(machine, false) ? 95 : 20)
              .event());
    }
  }

  void lost() {
    // Who is left gets its machines when its leases are over: see FleetMember.
    owners.values().removeIf(owner -> !owner.isAlive());
  }

  void takeOver() {
    share();
  }

  /** All that cools down does, and everything is told. */
  void end() {
    nextCrash = Long.MAX_VALUE;
    pass(Duration.ofSeconds(80), false);
    hot.replaceAll((machine, isHot) -> false);
    pass(Duration.ofSeconds(100), false);
  }

  /** Of each alert and kind that was to be told: how often it was. */
  Map<String, Integer> counts() {
    var counts = new TreeMap<String, Integer>();
    for (var alert : store.alerts(AlertQuery.in(AlertState.RESOLVED))) {
      for (var kind : List.of("FIRED", "RESOLVED")) {
        var what = kind + " " + alert.rule() + " " + alert.machineId() + " " + alert.id();
        counts.put(what, told.getOrDefault(what, 0));
      }
    }
    return counts;
  }
}
