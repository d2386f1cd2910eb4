package io.sysmonstm.aggregator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import io.sysmonstm.spi.IngestSession;
import io.sysmonstm.spi.Rejection.Reason;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClockOffsetTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final ManualTime time = new ManualTime();
  private final Rig rig = new Rig(builder -> builder.time(time).batchMaxAge(Duration.ofDays(1)));
  private final FakeReply reply = new FakeReply();

  @AfterEach
  void close() {
    rig.close();
  }

  private IngestSession open(Duration ahead) {
    var sentAt = time.instant().plus(ahead);
    return rig.aggregator.open(Rig.hello("web-1", new UUID(2, 2), sentAt, 0), reply);
  }

  private Batch at(long seq, Instant observedAt) {
    return new BatchBuilder(rig.series, "web-1", seq, observedAt).sample("cpu_percent", 5).build();
  }

  private Batch stored(long seq) {
    Eventually.until("durable", () -> reply.durable().contains(seq));
    return rig.history.all().stream().filter(batch -> batch.seq() == seq).findFirst().orElseThrow();
  }

  @Test
  void timesOfAClockThatIsOffAreCorrectedEverywhere() {
    var session = open(HOUR);
    Rig.offer(session, at(1, time.instant().plus(HOUR)));
    session.flush();
    assertThat(stored(1).observedAt()).isEqualTo(time.instant());
    assertThat(stored(1).value(0)).isEqualTo(5);
    rig.awaitShown(1);
    assertThat(rig.current.updates.element().batch().observedAt()).isEqualTo(time.instant());
    assertThat(rig.current.published.element().batch().observedAt()).isEqualTo(time.instant());
    assertThat(rig.reading("aggregator_clock_offset_machines")).isEqualTo(1);
    assertThat(rig.reading("aggregator_clock_offset_batches_total")).isEqualTo(1);
  }

  @Test
  void aClockThatIsBehindIsCorrectedToo() {
    var session = open(HOUR.negated());
    Rig.offer(session, at(1, time.instant().minus(HOUR)));
    session.flush();
    assertThat(stored(1).observedAt()).isEqualTo(time.instant());
  }

  @Test
  void aSmallOffsetAndAClockThatIsNotToldChangeNothing() {
    var observed = time.instant().plusSeconds(5);
    var session = open(Duration.ofSeconds(5));
    var batch = at(1, observed);
    Rig.offer(session, batch);
    rig.awaitShown(1);
    assertThat(rig.current.updates.element().batch()).isSameAs(batch);
    var untold = Rig.hello("web-2", new UUID(2, 2), Instant.EPOCH, 0);
    rig.aggregator.open(untold, new FakeReply());
    assertThat(rig.reading("aggregator_clock_offset_machines")).isZero();
  }

  @Test
  void theBoundsOfTimeApplyToTheCorrectedOne() {
    var session = open(HOUR);
    Rig.offer(session, at(1, time.instant()));
    Rig.offer(session, at(2, time.instant().plus(HOUR).plus(Duration.ofMinutes(11))));
    Rig.offer(session, at(3, time.instant().plus(HOUR).minus(Duration.ofHours(49))));
    Rig.offer(session, at(4, Instant.ofEpochMilli(Long.MIN_VALUE)));
    session.flush();
    Eventually.until("durable", () -> reply.durable().size() == 4);
    assertThat(reply.rejections())
        .extracting(rejection -> rejection.seq() + " " + rejection.reason())
        .containsExactlyInAnyOrder(
            "2 " + Reason.FUTURE, "3 " + Reason.TOO_OLD, "4 " + Reason.TOO_OLD);
  }

  @Test
  void theNextHelloWithAGoodClockEndsTheCorrection() {
    open(HOUR).close();
    var session = open(Duration.ZERO);
    Rig.offer(session, at(1, time.instant()));
    session.flush();
    assertThat(stored(1).observedAt()).isEqualTo(time.instant());
    assertThat(rig.reading("aggregator_clock_offset_machines")).isZero();
  }

  @Test
  void impossibleTimesStayImpossible() {
    assertThat(ClockOffset.corrected(Long.MAX_VALUE, -5)).isEqualTo(Long.MAX_VALUE);
    assertThat(ClockOffset.corrected(Long.MIN_VALUE, 5)).isEqualTo(Long.MIN_VALUE);
    assertThat(ClockOffset.corrected(10, 3)).isEqualTo(7);
  }
}
