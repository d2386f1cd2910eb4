package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventSubscriber;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.Topic;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link EventBusContract} on groups. */
abstract class EventBusGroupContract extends EventBusFixture {
  EventBusGroupContract() {}

  /** What the members of a group get. */
  @Nested
  class Groups {
    private static final int MACHINES = 12;

    private final Queue<Event> first = new ConcurrentLinkedQueue<>();
    private final Queue<Event> second = new ConcurrentLinkedQueue<>();
    private long seq;

    /** Called by JUnit. */
    Groups() {}

    private void publishARound() {
      seq++;
      for (int machine = 0; machine < MACHINES; machine++) {
        bus.publish(event("web-" + machine, seq));
      }
    }

    private void publishUntil(String what, Callable<Boolean> condition) {
      var next = new AtomicLong(System.nanoTime());
      Eventually.until(
          what,
          Duration.ofSeconds(60),
          () -> {
            if (System.nanoTime() - next.get() >= 0) {
              next.set(System.nanoTime() + Duration.ofMillis(100).toNanos());
              publishARound();
            }
            return condition.call();
          });
    }

    private Set<String> names(Queue<Event> events, long after) {
      return events.stream()
          .map(MetricsEvent.class::cast)
          .filter(event -> event.batch().seq() > after)
          .map(event -> event.machineId() + "/" + event.batch().seq())
          .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean allCame(long after) {
      var came = names(first, after);
      came.addAll(names(second, after));
      return came.size() == MACHINES * (seq - after);
    }

    @Test
    void everyGroupGetsEveryEvent() {
      bus.share("alerts", ALL, first::add);
      bus.share("archive", ALL, second::add);
      publishARound();
      Eventually.until(
          "both groups got all",
          () -> names(first, 0).size() == MACHINES && names(second, 0).size() == MACHINES);
    }

    @Test
    void theMembersOfAGroupShareTheMachinesIfTheBusCan() throws Exception {
      bus.share("alerts", ALL, first::add);
      peer().share("alerts", ALL, second::add);
      publishUntil("both have a part", () -> !first.isEmpty() && !second.isEmpty());
      Eventually.until("the first rounds came", () -> allCame(0));
      long before = seq;
      for (int round = 0; round < 3; round++) {
        publishARound();
      }
      Eventually.until("all came", () -> allCame(before));
      if (!sharesMachines()) {
        Eventually.until("each got all", () -> names(first, before).equals(names(second, before)));
        return;
      }
      assertThat(names(first, before)).doesNotContainAnyElementsOf(names(second, before));
      for (int machine = 0; machine < MACHINES; machine++) {
        var id = "web-" + machine;
        var owner = names(first, before).contains(id + "/" + seq) ? first : second;
        assertThat(seqs(owner, id).stream().filter(each -> each > before)).hasSize(3).isSorted();
      }
    }

    @Test
    void aMemberOwnsTheMachinesWhoseEventsComeToIt() throws Exception {
      var metrics = Set.of(Topic.METRICS_RAW);
      var one = bus.share("alerts", metrics, first::add);
      var other = peer().share("alerts", metrics, second::add);
      if (!sharesMachines()) {
        for (int machine = 0; machine < MACHINES; machine++) {
          assertThat(one.owns("web-" + machine) && other.owns("web-" + machine)).isTrue();
        }
        return;
      }
      publishUntil(
          "each owns what comes to it",
          () ->
              owned(one).size() + owned(other).size() == MACHINES
                  && owned(one).equals(machinesOf(first, seq - 1))
                  && owned(other).equals(machinesOf(second, seq - 1)));
      one.close();
      assertThat(owned(one)).isEmpty();
      Eventually.until(
          "the other one owns all", Duration.ofSeconds(60), () -> owned(other).size() == MACHINES);
    }

    private static Set<String> owned(EventSubscriber.Subscription member) {
      return IntStream.range(0, MACHINES)
          .mapToObj(machine -> "web-" + machine)
          .filter(member::owns)
          .collect(Collectors.toSet());
    }

    private static Set<String> machinesOf(Queue<Event> events, long after) {
      return events.stream()
          .map(MetricsEvent.class::cast)
          .filter(event -> event.batch().seq() >= after)
          .map(Event::machineId)
          .collect(Collectors.toSet());
    }

    @Test
    void theOthersTakeOverWhatAMemberThatGoesHadNotFinished() throws Exception {
      if (!sharesMachines()) {
        assertThat(bus.guarantee()).isEqualTo(EventBus.Guarantee.AT_MOST_ONCE);
        return;
      }
      var hold = new AtomicBoolean();
      var holding = new CountDownLatch(1);
      var release = new CountDownLatch(1);
      var leaving =
          bus.share(
              "alerts",
              ALL,
              event -> {
                if (hold.get()) {
                  holding.countDown();
                  await(release);
                }
                first.add(event);
              });
      peer().share("alerts", ALL, second::add);
      publishUntil("both have a part", () -> !first.isEmpty() && !second.isEmpty());
      hold.set(true);
      publishUntil("the first one is stuck", () -> holding.getCount() == 0);
      publishARound();
      publishARound();
      var closing = Thread.startVirtualThread(leaving::close);
      release.countDown();
      closing.join();
      if (bus.guarantee() == EventBus.Guarantee.AT_LEAST_ONCE) {
        Eventually.until("nothing is lost", Duration.ofSeconds(60), () -> allCame(0));
      }
      publishUntil(
          "the other one has all machines", () -> names(second, seq - 1).size() == MACHINES);
    }

    private static void await(CountDownLatch latch) {
      try {
        assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
