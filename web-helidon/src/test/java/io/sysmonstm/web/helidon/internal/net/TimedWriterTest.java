package io.sysmonstm.web.helidon.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ServerConnectionException;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimedWriterTest {
  private final ManualTime time = new ManualTime();
  private final RecordingWriter socket = new RecordingWriter();
  private final TimedWriter writer = new TimedWriter(socket, time, Timing.DEFAULT);

  private static byte[] random(int length) {
    var bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private boolean overdue() {
    return writer.overdue(time.nanoTime());
  }

  @Test
  void whatIsLongIsWrittenBitByBitAndStaysWhole() {
    var one = random(100_000);
    var other = random(300);
    writer.writeNow(BufferData.create(one), BufferData.create(other));
    writer.write(BufferData.create(BufferData.create(one), BufferData.create(other)));

    assertThat(socket.writes).allMatch(write -> write.length <= 32_768).hasSizeBetween(8, 9);
    assertThat(socket.all())
        .isEqualTo(
            BufferData.create(
                    BufferData.create(one),
                    BufferData.create(other),
                    BufferData.create(one),
                    BufferData.create(other))
                .readBytes());
  }

  @Test
  void whoTakesNothingForFifteenSecondsIsOverdue() {
    var seen = new ArrayList<Boolean>();
    socket.during =
        () -> {
          time.advance(Duration.ofMillis(14_999));
          seen.add(overdue());
          time.advance(Duration.ofMillis(1));
          seen.add(overdue());
        };
    writer.writeNow(BufferData.create(random(10)));

    assertThat(seen).containsExactly(false, true);
    assertThat(overdue()).as("between answers").isFalse();
  }

  @Test
  void whoKeepsAnswersWaitingForAMinuteInAllIsOverdueHoweverManyTheyAre() {
    var seen = new ArrayList<Boolean>();
    socket.during =
        () -> {
          time.advance(Duration.ofSeconds(10));
          seen.add(overdue());
        };
    for (int i = 0; i < 7; i++) {
      writer.writeNow(BufferData.create(random(300)));
    }

    assertThat(seen).containsExactly(false, false, false, false, false, false, true);
  }

  @Test
  void whoTakesThirtyTwoKibibytesASecondMayTakeAsLongAsItTakes() {
    socket.during =
        () -> {
          time.advance(Duration.ofSeconds(1));
          assertThat(overdue()).isFalse();
        };
    writer.writeNow(BufferData.create(random(300 * 32_768)));

    assertThat(socket.writes).hasSize(300);
  }

  @Test
  void anAnswerThatIsEndedFailsWhereItIsWrittenAndLeavesNothingBehind() {
    var ends = new ArrayList<Boolean>();
    socket.during =
        () -> {
          time.advance(Duration.ofSeconds(15));
          ends.add(writer.endOverdue(time.nanoTime(), () -> {}));
        };
    assertThatThrownBy(() -> writer.writeNow(BufferData.create(random(10))))
        .isInstanceOf(ServerConnectionException.class)
        .hasMessageContaining("not taken in time");

    assertThat(ends).containsExactly(true);
    assertThat(writer.endOverdue(time.nanoTime(), () -> ends.add(false))).isFalse();
    assertThat(ends).hasSize(1);
  }

  @Test
  void whileTheProcessItselfStoodStillNoClientKeptItWaiting() {
    socket.during = () -> time.advance(Duration.ofMinutes(20));
    writer.writeNow(BufferData.create(random(10)));

    var seen = new ArrayList<Boolean>();
    socket.during = () -> seen.add(overdue());
    writer.writeNow(BufferData.create(random(10)));
    assertThat(seen).containsExactly(false);
  }
}
