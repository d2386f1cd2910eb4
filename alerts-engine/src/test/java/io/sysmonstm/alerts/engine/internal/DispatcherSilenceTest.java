package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What silences do to what people are told. */
class DispatcherSilenceTest {
  private static final String SILENCED = "alerts_notifications_silenced_total";

  private final Dispatching desk = new Dispatching();

  @Test
  void holdsWhatFiresAndTellsItAfterTheEnd() throws Exception {
    desk.silence(Duration.ofMinutes(10), Map.of("rule", "busy"));
    desk.fire("busy", "m1");
    desk.fire("full", "m1");
    desk.pass(Duration.ofMinutes(9));
    assertThat(desk.told()).containsExactly("FIRED full m1");
    assertThat(desk.counted(SILENCED)).isEqualTo(1);
    desk.pass(Duration.ofMinutes(1));
    assertThat(desk.told()).containsExactly("FIRED busy m1");
  }

  @Test
  void tellsNothingOfWhatCameAndWentMeanwhile() throws Exception {
    desk.silence(Duration.ofMinutes(10), Map.of("tag.env", "p*"));
    var alert = desk.fire("busy", "m1");
    desk.pass(Duration.ofMinutes(2));
    desk.resolve(alert);
    desk.pass(Duration.ofMinutes(20));
    assertThat(desk.told()).isEmpty();
    assertThat(desk.counted(SILENCED)).isEqualTo(2);
  }

  @Test
  void tellsTheEndOfWhatWasToldBefore() throws Exception {
    var alert = desk.fire("busy", "m1");
    desk.pass(Duration.ofSeconds(10));
    desk.silence(Duration.ofHours(10), Map.of("machine", "m1"));
    desk.pass(Dispatching.REPEAT);
    assertThat(desk.told()).as("not repeated").containsExactly("FIRED busy m1");
    desk.resolve(alert);
    desk.pass(Duration.ofSeconds(10));
    assertThat(desk.told()).containsExactly("RESOLVED busy m1");
  }

  @Test
  void looksAgainAsSoonAsASilenceIsEnded() throws Exception {
    var silence = desk.silence(Duration.ofHours(1), Map.of("machine", "m1"));
    desk.fire("busy", "m1");
    desk.pass(Duration.ofSeconds(12));
    desk.endSilence(silence);
    desk.pass(Duration.ofSeconds(1));
    assertThat(desk.told()).containsExactly("FIRED busy m1");
    desk.pass(Duration.ofMinutes(2));
    assertThat(desk.told()).isEmpty();
  }

  @Test
  void tellsOnlyOfItsSilenceWhileAMachineIsDown() throws Exception {
    desk.down.add("m1");
    desk.fire("busy", "m1");
    desk.fire("busy", "m2");
    desk.pass(Duration.ofMinutes(1));
    assertThat(desk.told()).containsExactly("FIRED busy m2");
    desk.down.clear();
    desk.pass(Agenda.RECHECK);
    assertThat(desk.told()).containsExactly("FIRED busy m1");
  }
}
