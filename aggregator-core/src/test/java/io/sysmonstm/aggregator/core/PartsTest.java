package io.sysmonstm.aggregator.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.IngestReply;
import io.sysmonstm.testkit.Eventually;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {
  private final FakeReply reply = new FakeReply();

  @Test
  void withoutCurrentStateTheOthersGoOn() {
    try (var rig = new Rig()) {
      rig.current.down = true;
      var session = rig.open("web-1", reply);
      Rig.offer(session, rig.batch("web-1", 1).build());
      Eventually.until("durable", () -> reply.durable().equals(List.of(1L)));
      Eventually.until("published", () -> rig.current.published.size() == 1);
      Eventually.until("visible", () -> !rig.health("current_state").isOk());
      assertThat(rig.aggregator.readiness().ready()).isTrue();
      assertThat(rig.reading("aggregator_part_failures_total", "part", "current_state"))
          .isEqualTo(1);
      rig.current.down = false;
      Rig.offer(session, rig.batch("web-1", 2).build());
      Eventually.until("well", () -> !rig.aggregator.readiness().degraded());
    }
  }

  @Test
  void withoutEventsTheOthersGoOn() {
    try (var rig = new Rig()) {
      rig.current.busDown = true;
      var session = rig.open("web-1", reply);
      Rig.offer(session, rig.batch("web-1", 1).build());
      Eventually.until("durable", () -> reply.durable().equals(List.of(1L)));
      Eventually.until("shown", () -> rig.current.updates.size() == 1);
      assertThat(rig.aggregator.readiness().ready()).isTrue();
      Eventually.until("visible", () -> !rig.health("events").isOk());
    }
  }

  @Test
  void isNotReadyWhenNothingCanBeShown() {
    try (var rig = new Rig()) {
      rig.current.down = true;
      rig.current.busDown = true;
      Rig.offer(rig.open("web-1", reply), rig.batch("web-1", 1).build());
      Eventually.until("not ready", () -> !rig.aggregator.readiness().ready());
      Eventually.until("history has it all the same", () -> rig.history.batches() == 1);
    }
  }

  @Test
  void whatAStoreSaysOfItselfIsPassedOn() {
    try (var rig = new Rig()) {
      rig.current.own = Health.failing("no connection");
      assertThat(rig.aggregator.readiness().parts())
          .containsOnlyKeys("current_state", "history", "events")
          .containsEntry("current_state", Health.failing("no connection"));
    }
  }

  @Test
  void aReplyThatThrowsCostsOthersNothing() {
    try (var rig = new Rig()) {
      var bad =
          rig.aggregator.open(
              Rig.hello("web-2"),
              new IngestReply() {
                @Override
                public void acknowledge(Ack ack) {
                  throw new IllegalStateException("deliberate");
                }

                @Override
                public void resume() {}
              });
      Rig.offer(bad, rig.batch("web-2", 1).build());
      Rig.offer(rig.open("web-1", reply), rig.batch("web-1", 1).build());
      Eventually.until("durable", () -> reply.durable().equals(List.of(1L)));
      Eventually.until("counted", () -> rig.reading("aggregator_reply_failures_total") == 1);
    }
  }

  @Test
  void takesStreamsOnlyWhileItRuns() {
    var rig = new Rig();
    rig.close();
    assertThat(rig.aggregator.readiness().ready()).isFalse();
    assertThatThrownBy(() -> rig.open("web-1", reply))
        .isInstanceOf(RequestException.class)
        .extracting(e -> ((RequestException) e).code())
        .isEqualTo(ErrorCode.UNAVAILABLE);
    assertThatThrownBy(rig.aggregator::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesMachinesBeyondTheBoundAndForgetsThoseThatAreGone() {
    try (var rig = new Rig(builder -> builder.maxMachines(2))) {
      var first = rig.open("web-1", reply);
      rig.open("web-2", reply);
      assertThatThrownBy(() -> rig.open("web-3", reply))
          .isInstanceOf(RequestException.class)
          .extracting(e -> ((RequestException) e).code())
          .isEqualTo(ErrorCode.RESOURCE_EXHAUSTED);
      first.close();
      first.close();
      rig.open("web-3", reply);
      assertThat(rig.reading("aggregator_machines")).isEqualTo(2);
      assertThat(rig.reading("aggregator_sessions")).isEqualTo(2);
    }
  }

  @Test
  void namesAllBoundsThatMakeNoSense() {
    var fake = new FakeCurrent();
    assertThatThrownBy(
            () ->
                Aggregator.builder(fake, new FakeHistory(), fake.bus())
                    .batchMaxSamples(0)
                    .batchMaxAge(Duration.ZERO)
                    .build())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("samples of a write")
        .hasMessageContaining("age of a write");
  }
}
