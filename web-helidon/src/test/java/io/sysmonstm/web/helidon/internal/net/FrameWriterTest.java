package io.sysmonstm.web.helidon.internal.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.ManualTime;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameWriterTest {
  private final ManualTime time = new ManualTime();
  private final RecordingWriter socket = new RecordingWriter();
  private final Outbox outbox = new Outbox(() -> {});
  private final FrameWriter writer = new FrameWriter(socket, false, time);

  private static Frame frame(String text) {
    return Frame.text(text.getBytes(UTF_8));
  }

  /** A frame of many parts, no two of them alike. */
  private static Frame snapshot(int parts, int partBytes) {
    return Frame.text(
        IntStream.range(0, parts)
            .mapToObj(i -> "%08d".formatted(i).repeat(partBytes / 8).getBytes(UTF_8))
            .toList());
  }

  private static byte[] bytes(Frame... frames) {
    var out = new ByteArrayOutputStream();
    for (var frame : frames) {
      frame.parts().forEach(out::writeBytes);
    }
    return out.toByteArray();
  }

  @Test
  void smallFramesThatWaitAreOneWrite() {
    var waiting = List.of(frame("one"), frame("two"), frame("three"));
    waiting.forEach(outbox::put);

    assertThat(writer.write(frame("zero"), outbox)).isFalse();

    assertThat(socket.writes).hasSize(1);
    assertThat(socket.all())
        .isEqualTo(bytes(frame("zero"), frame("one"), frame("two"), frame("three")));
  }

  @Test
  void nothingIsWrittenAfterTheLastFrame() {
    outbox.put(frame("late"));

    assertThat(writer.write(Frame.close(1000), outbox)).isTrue();

    assertThat(socket.all()).isEqualTo(bytes(Frame.close(1000)));
  }

  @ParameterizedTest
  @CsvSource({
    "false,8192,1,100000",
    "false,8192,500,1504",
    "true,4096,1,100000",
    "true,4096,500,1504"
  })
  void longFramesAreWrittenBitByBitAndStayWhole(boolean tls, int most, int parts, int partBytes) {
    var first = snapshot(parts, partBytes);
    var last = snapshot(3, partBytes);
    outbox.put(frame("between"));
    outbox.put(last);

    new FrameWriter(socket, tls, time).write(first, outbox);

    assertThat(socket.all()).isEqualTo(bytes(first, frame("between"), last));
    assertThat(socket.writes).allMatch(write -> write.length <= most);
    assertThat(socket.writes.size()).isLessThan(2 * socket.all().length / most);
  }

  @Test
  void whoTakesNothingHasStalled() {
    var stalled = new ArrayList<Boolean>();
    socket.during =
        () -> {
          time.advance(Duration.ofMillis(14_900));
          stalled.add(writer.stalled(time.nanoTime(), Timing.DEFAULT));
          time.advance(Duration.ofMillis(100));
          stalled.add(writer.stalled(time.nanoTime(), Timing.DEFAULT));
        };
    writer.write(frame("x"), outbox);

    assertThat(stalled).containsExactly(false, true);
    assertThat(writer.stalled(time.nanoTime(), Timing.DEFAULT)).as("written").isFalse();
  }

  @Test
  void whoTakesALittleNowAndThenHasStalledOnceTheFrameIsOverdue() {
    var snapshot = snapshot(1_000, 1_504);
    socket.during =
        () -> {
          time.advance(Duration.ofSeconds(10));
          long written = socket.all().length;
          // 30 s, and some 46 s for its length.
          assertThat(writer.stalled(time.nanoTime(), Timing.DEFAULT))
              .as("after %d bytes", written)
              .isEqualTo(socket.writes.size() >= 8);
        };
    writer.write(snapshot, outbox);

    assertThat(socket.all()).hasSize((int) snapshot.length());
  }

  @Test
  void smallFramesEachHaveTheirOwnTime() {
    socket.during =
        () -> {
          time.advance(Duration.ofSeconds(10));
          assertThat(writer.stalled(time.nanoTime(), Timing.DEFAULT)).isFalse();
        };
    for (int i = 0; i < 20; i++) {
      writer.write(frame("frame " + i), outbox);
    }
    assertThat(socket.writes).hasSize(20);
  }

  @Test
  void aLongFrameIsKnownWhileItIsWritten() {
    var snapshot = snapshot(20, 1_504);
    var seen = new ArrayList<Frame>();
    socket.during = () -> writer.sending().map(FrameWriter.Sending::frame).ifPresent(seen::add);
    writer.write(snapshot, outbox);
    // Its end waits for more, and holds the frame no longer.
    assertThat(seen).hasSize(socket.writes.size() - 1).containsOnly(snapshot);
    writer.write(frame("small"), outbox);

    assertThat(writer.sending()).isEmpty();
  }
}
