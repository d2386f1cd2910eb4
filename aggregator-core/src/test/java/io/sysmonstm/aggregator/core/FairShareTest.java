package io.sysmonstm.aggregator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** One machine that sends far more than the others. */
class FairShareTest {
  private final Semaphore flushes = new Semaphore(0);

  private Rig rig() {
    // A flush takes four times as many where they wait: ten batches of two samples.
    var rig = new Rig(builder -> builder.batchMaxSamples(5));
    rig.history.onAppend = flushes::acquireUninterruptibly;
    return rig;
  }

  private void end(Rig rig) {
    flushes.release(1_000);
    rig.close();
  }

  @Test
  void aBacklogOfOneMachineHoldsUpNoOther() {
    var rig = rig();
    var floods = new FakeReply();
    var flooding = rig.open("flood", floods);
    for (long seq = 1; seq <= 200; seq++) {
      Rig.offer(flooding, rig.batch("flood", seq).build());
    }
    var quiet = new FakeReply();
    Rig.offer(rig.open("quiet", quiet), rig.batch("quiet", 1).build());
    // One that had begun, and the one after it.
    flushes.release(2);
    Eventually.until("durable", () -> quiet.durable().equals(List.of(1L)));
    assertThat(floods.durable()).hasSizeLessThanOrEqualTo(20);
    end(rig);
  }

  @Test
  void aMachineAloneGetsWholeFlushesInOrder() {
    var rig = rig();
    flushes.release(1_000);
    var reply = new FakeReply();
    var session = rig.open("m1", reply);
    for (long seq = 1; seq <= 100; seq++) {
      Rig.offer(session, rig.batch("m1", seq).build());
    }
    var all = LongStream.rangeClosed(1, 100).boxed().toList();
    Eventually.until("durable", () -> reply.durable().equals(all));
    assertThat(reply.acks.stream().flatMap(ack -> ack.ranges().stream()).toList())
        .isSortedAccordingTo((a, b) -> Long.compare(a.first(), b.first()));
    assertThat(rig.history.appends()).allMatch(size -> size <= 10);
    end(rig);
  }
}
