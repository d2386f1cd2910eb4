package io.sysmonstm.aggregator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.RequestException;
import io.sysmonstm.testkit.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DuplicatesTest {
  private final FakeReply first = new FakeReply();
  private final FakeReply second = new FakeReply();

  @Test
  void aCommittedBatchIsAcknowledgedAtOnceAndNotShownAgain() {
    try (var rig = new Rig()) {
      var session = rig.open("web-1", first);
      Rig.offer(session, rig.batch("web-1", 1).build());
      Eventually.until("durable", () -> first.durable().equals(List.of(1L)));
      for (int i = 0; i < 100; i++) {
        assertThat(Rig.offer(session, rig.batch("web-1", 1).build())).isTrue();
      }
      assertThat(first.acks).hasSize(101);
      assertThat(rig.history.batches()).isEqualTo(1);
      rig.awaitShown(1);
      assertThat(rig.reading("aggregator_duplicate_batches_total")).isEqualTo(100);
    }
  }

  @Test
  void whatHistoryHadBeforeThisProcessIsNotTakenAgain() {
    try (var rig = new Rig()) {
      rig.history.append(List.of(rig.batch("web-1", 1).build()));
      var session = rig.open("web-1", first);
      Rig.offer(session, rig.batch("web-1", 1).build());
      assertThat(first.durable()).containsExactly(1L);
      assertThat(rig.current.updates).isEmpty();
    }
  }

  @Test
  void aBatchInFlightIsAcknowledgedOnTheNewStreamOnlyWhenItIsCommitted() {
    try (var rig = new Rig()) {
      var gate = new CountDownLatch(1);
      rig.history.hang = gate;
      var old = rig.open("web-1", first);
      Rig.offer(old, rig.batch("web-1", 1).build());
      old.close();
      var session = rig.open("web-1", second);
      Rig.offer(session, rig.batch("web-1", 1).build());
      Rig.offer(session, rig.batch("web-1", 2).build());
      assertThat(second.durable()).isEmpty();
      rig.history.hang = null;
      gate.countDown();
      Eventually.until("durable", () -> second.durable().equals(List.of(1L, 2L)));
      assertThat(first.acks).isEmpty();
      rig.awaitShown(2);
      assertThat(rig.history.batches()).isEqualTo(2);
    }
  }

  @Test
  void twoStreamsOfOneMachineAtOnceWriteAndShowEachBatchOnce() throws Exception {
    try (var rig = new Rig(builder -> builder.batchMaxAge(Duration.ofMillis(1)))) {
      var threads =
          List.of(first, second).stream()
              .map(
                  reply ->
                      Thread.startVirtualThread(
                          () -> {
                            var session = rig.open("web-1", reply);
                            try {
                              for (int seq = 1; seq <= 500; seq++) {
                                Rig.offer(session, rig.batch("web-1", seq).build());
                              }
                            } catch (RequestException replaced) {
                              // The other stream has taken over, and sends all of it.
                            }
                          }))
              .toList();
      for (var thread : threads) {
        thread.join();
      }
      var all = LongStream.rangeClosed(1, 500).boxed().toList();
      Eventually.until(
          "durable", () -> first.durable().equals(all) || second.durable().equals(all));
      rig.awaitShown(500);
      assertThat(rig.history.batches()).isEqualTo(500);
      assertThat(first.overlapped).isFalse();
      assertThat(second.overlapped).isFalse();
    }
  }
}
