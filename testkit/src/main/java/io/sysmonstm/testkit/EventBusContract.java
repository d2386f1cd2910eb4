package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventSubscriber;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.Topic;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every {@link EventBus} promises: order, topics, isolation of slow and failing handlers, and
 * a clean end. Extend it, and say how to make a bus with a small queue. Used by JUnit, one instance
 * per test.
 */
public abstract class EventBusContract extends EventBusGroupContract {
  /** Called by JUnit. */
  protected EventBusContract() {}

  /** What is delivered, to whom, in which order. */
  @Nested
  class Delivery {
    /** Called by JUnit. */
    Delivery() {}

    @Test
    void keepsTheOrderOfEachMachine() {
      Queue<Event> got = new ConcurrentLinkedQueue<>();
      bus.subscribe("order", ALL, got::add);
      for (int seq = 1; seq <= QUEUE / 2; seq++) {
        bus.publish(event("web-1", seq));
        bus.publish(event("web-2", seq));
      }
      Eventually.until("all delivered", () -> got.size() == QUEUE);
      assertThat(seqs(got, "web-1")).hasSize(QUEUE / 2).isSorted();
      assertThat(seqs(got, "web-2")).hasSize(QUEUE / 2).isSorted();
    }

    @Test
    void carriesEverythingOfABatch() {
      Queue<Event> got = new ConcurrentLinkedQueue<>();
      bus.subscribe("whole", ALL, got::add);
      var sent = event("web-1", 7);
      bus.publish(sent);
      Eventually.until("delivered", () -> got.size() == 1);
      var event = (MetricsEvent) got.remove();
      assertThat(event.batch().seq()).isEqualTo(7);
      assertThat(event.batch().epoch()).isEqualTo(sent.batch().epoch());
      assertThat(event.batch().observedAt()).isEqualTo(sent.batch().observedAt());
      assertThat(event.batch().series(0).metric().name()).isEqualTo("cpu_percent");
      assertThat(event.batch().value(0)).isEqualTo(7);
      assertThat(event.resource().hostname()).isEqualTo("host-web-1");
      assertThat(event.interval()).isEqualTo(Duration.ofSeconds(5));
      assertThat(event.receivedAt()).isEqualTo(sent.receivedAt());
    }

    @Test
    void reachesEverySubscription() {
      Queue<Event> first = new ConcurrentLinkedQueue<>();
      Queue<Event> second = new ConcurrentLinkedQueue<>();
      bus.subscribe("first", ALL, first::add);
      bus.subscribe("second", ALL, second::add);
      bus.publish(event("web-1", 1));
      Eventually.until("both got it", () -> first.size() == 1 && second.size() == 1);
    }

    @Test
    void reachesTheSubscriptionsOfOtherProcesses() throws Exception {
      Queue<Event> here = new ConcurrentLinkedQueue<>();
      Queue<Event> there = new ConcurrentLinkedQueue<>();
      bus.subscribe("here", ALL, here::add);
      var peer = peer();
      peer.subscribe("there", ALL, there::add);
      bus.publish(event("web-1", 1));
      peer.publish(event("web-2", 1));
      Eventually.until("both got both", () -> here.size() == 2 && there.size() == 2);
    }

    @Test
    void beginsWithWhatIsPublishedFromNowOn() {
      Queue<Event> early = new ConcurrentLinkedQueue<>();
      Queue<Event> late = new ConcurrentLinkedQueue<>();
      bus.subscribe("early", ALL, early::add);
      bus.publish(event("web-1", 1));
      Eventually.until("the first came", () -> early.size() == 1);
      bus.subscribe("late", ALL, late::add);
      bus.publish(event("web-1", 2));
      Eventually.until("the second came", () -> early.size() == 2 && !late.isEmpty());
      assertThat(seqs(late, "web-1")).containsExactly(2L);
    }

    @Test
    void deliversOnlyTheTopicsAskedFor() {
      Queue<Event> fired = new ConcurrentLinkedQueue<>();
      Queue<Event> all = new ConcurrentLinkedQueue<>();
      bus.subscribe("fired", EnumSet.of(Topic.ALERTS_FIRED, Topic.ALERTS_RESOLVED), fired::add);
      bus.subscribe("all", ALL, all::add);
      bus.publish(event("web-1", 1));
      bus.publish(alert(AlertEvent.Change.PENDING));
      bus.publish(alert(AlertEvent.Change.FIRED));
      bus.publish(alert(AlertEvent.Change.RESOLVED));
      Eventually.until("all delivered", () -> all.size() == 4 && fired.size() == 2);
      assertThat(fired)
          .extracting(Event::topic)
          .containsExactlyInAnyOrder(Topic.ALERTS_FIRED, Topic.ALERTS_RESOLVED);
    }

    @Test
    void callsAHandlerForOneEventAtATime() {
      var inside = new ConcurrentLinkedQueue<Thread>();
      var overlaps = new ConcurrentLinkedQueue<Integer>();
      Queue<Event> got = new ConcurrentLinkedQueue<>();
      bus.subscribe(
          "alone",
          ALL,
          event -> {
            inside.add(Thread.currentThread());
            overlaps.add(inside.size());
            inside.remove(Thread.currentThread());
            got.add(event);
          });
      for (int seq = 1; seq <= QUEUE / 2; seq++) {
        bus.publish(event("web-1", seq));
      }
      Eventually.until("all delivered", () -> got.size() == QUEUE / 2);
      assertThat(overlaps).containsOnly(1);
    }
  }

  /** What one handler may cost others. */
  @Nested
  class Isolation {
    /** Called by JUnit. */
    Isolation() {}

    @Test
    void aSlowHandlerCostsOthersNothingAndItselfTheOldestAtTheMost() {
      var release = new CountDownLatch(1);
      Queue<Event> slow = new ConcurrentLinkedQueue<>();
      Queue<Event> quick = new ConcurrentLinkedQueue<>();
      bus.subscribe("slow", ALL, afterwards(release, slow::add));
      bus.subscribe("quick", ALL, quick::add);
      int sent = 4 * QUEUE;
      for (int seq = 1; seq <= sent; seq++) {
        bus.publish(event("web-1", seq));
        int soFar = seq;
        Eventually.until("the quick one keeps up", () -> quick.size() == soFar);
      }
      if (dropsWhenSlow()) {
        Eventually.until("drops are counted", () -> dropped() >= sent - QUEUE - 2);
      }
      release.countDown();
      Eventually.until("the newest is kept", () -> seqs(slow, "web-1").contains((long) sent));
      assertThat(slow.size() + dropped()).isEqualTo(sent);
      assertThat(seqs(slow, "web-1")).isSorted();
      if (dropsWhenSlow()) {
        assertThat(slow.size()).isLessThanOrEqualTo(QUEUE + 2);
      } else {
        assertThat(slow).hasSize(sent);
      }
    }

    @Test
    void aHandlerThatThrowsLosesThatEventOnly() {
      Queue<Event> got = new ConcurrentLinkedQueue<>();
      Queue<Event> other = new ConcurrentLinkedQueue<>();
      bus.subscribe(
          "throwing",
          ALL,
          event -> {
            if (((MetricsEvent) event).batch().seq() == 2) {
              throw new IllegalStateException("deliberate");
            }
            got.add(event);
          });
      bus.subscribe("other", ALL, other::add);
      for (int seq = 1; seq <= 3; seq++) {
        bus.publish(event("web-1", seq));
      }
      Eventually.until("the others arrive", () -> got.size() == 2 && other.size() == 3);
      assertThat(seqs(got, "web-1")).containsExactly(1L, 3L);
    }

    @Test
    void aHandlerThatLeavesItsThreadInterruptedGetsTheNextEvents() {
      Queue<Event> alone = new ConcurrentLinkedQueue<>();
      Queue<Event> shared = new ConcurrentLinkedQueue<>();
      var subscriptions =
          List.of(
              bus.subscribe("alone", ALL, interrupting(alone)),
              bus.share("interrupting", ALL, interrupting(shared)));
      for (int seq = 1; seq <= 3; seq++) {
        int soFar = seq;
        bus.publish(event("web-1", seq));
        Eventually.until(
            "event %d came to both".formatted(seq),
            () -> alone.size() == soFar && shared.size() == soFar);
      }
      Queue<Event> open = new ConcurrentLinkedQueue<>();
      bus.subscribe("open", ALL, open::add);
      subscriptions.forEach(EventSubscriber.Subscription::close);
      bus.publish(event("web-1", 4));
      Eventually.until("the open one got it", () -> !open.isEmpty());
      assertThat(alone).hasSize(3);
      assertThat(shared).hasSize(3);
    }

    private Consumer<Event> interrupting(Queue<Event> got) {
      return event -> {
        got.add(event);
        Thread.currentThread().interrupt();
      };
    }

    private Consumer<Event> afterwards(CountDownLatch release, Consumer<Event> then) {
      return event -> {
        try {
          if (release.await(30, TimeUnit.SECONDS)) {
            then.accept(event);
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      };
    }
  }

  /** How deliveries end. */
  @Nested
  class End {
    /** Called by JUnit. */
    End() {}

    @Test
    void aClosedSubscriptionGetsNothingMoreAndOthersGoOn() {
      Queue<Event> closed = new ConcurrentLinkedQueue<>();
      Queue<Event> open = new ConcurrentLinkedQueue<>();
      var subscription = bus.subscribe("closed", ALL, closed::add);
      bus.subscribe("open", ALL, open::add);
      bus.publish(event("web-1", 1));
      Eventually.until("both got one", () -> closed.size() == 1 && open.size() == 1);
      subscription.close();
      subscription.close();
      bus.publish(event("web-1", 2));
      Eventually.until("the open one got it", () -> open.size() == 2);
      assertThat(closed).hasSize(1);
    }

    @Test
    void aHandlerMayCloseItsOwnSubscription() {
      Queue<Event> got = new ConcurrentLinkedQueue<>();
      Queue<Event> other = new ConcurrentLinkedQueue<>();
      Queue<EventSubscriber.Subscription> own = new ConcurrentLinkedQueue<>();
      var subscribed = new CountDownLatch(1);
      own.add(
          bus.subscribe(
              "once",
              ALL,
              event -> {
                got.add(event);
                try {
                  if (subscribed.await(30, TimeUnit.SECONDS)) {
                    own.forEach(EventSubscriber.Subscription::close);
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }));
      subscribed.countDown();
      bus.subscribe("other", ALL, other::add);
      bus.publish(event("web-1", 1));
      Eventually.until("it came", () -> got.size() == 1 && other.size() == 1);
      bus.publish(event("web-1", 2));
      Eventually.until("the other got it", () -> other.size() == 2);
      assertThat(got).hasSize(1);
    }

    @Test
    void aClosedBusDeliversNothingAndPublishingIsHarmless() {
      Queue<Event> got = new ConcurrentLinkedQueue<>();
      bus.subscribe("gone", ALL, got::add);
      bus.publish(event("web-1", 1));
      Eventually.until("it came", () -> got.size() == 1);
      bus.close();
      bus.publish(event("web-1", 2));
      bus.close();
      assertThat(got).hasSize(1);
      assertThat(bus.health().isOk()).isFalse();
    }

    @Test
    void anOpenBusIsHealthyAndSaysWhatItPromises() {
      Eventually.until("healthy", () -> bus.health().isOk());
      assertThat(bus.guarantee()).isNotNull();
    }
  }
}
