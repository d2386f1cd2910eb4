package io.sysmonstm.web.helidon.internal.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private final Outbox outbox = new Outbox();

  private static Frame frame(String text) {
    return Frame.text(text.getBytes(UTF_8));
  }

  private static String text(Frame frame) {
    var bytes = frame.parts().getFirst();
    return new String(bytes, 2, bytes.length - 2, UTF_8);
  }

  private List<String> drain() throws InterruptedException {
    var texts = new ArrayList<String>();
    for (var next = outbox.take(Duration.ZERO);
        next.isPresent();
        next = outbox.take(Duration.ZERO)) {
      texts.add(text(next.get()));
    }
    return texts;
  }

  @Test
  void theNewestStateOfAMachineTakesThePlaceOfAnOlderOne() throws InterruptedException {
    outbox.putNewest("a", frame("a1"));
    outbox.putNewest("b", frame("b1"));
    outbox.putNewest("a", frame("a2"));

    assertThat(drain()).containsExactly("a2", "b1");
  }

  @Test
  void otherFramesKeepTheirOrderAmongTheMetrics() throws InterruptedException {
    outbox.put(frame("stale"));
    outbox.putNewest("a", frame("a1"));
    outbox.put(frame("alert"));
    outbox.putNewest("a", frame("a2"));

    assertThat(drain()).containsExactly("stale", "a2", "alert");
  }

  @Test
  void theOldestOtherFrameIsDroppedAtTheBoundAndNeverTheSnapshot() throws InterruptedException {
    outbox.start(frame("snapshot"));
    for (int i = 0; i < Outbox.MAX_OTHERS; i++) {
      assertThat(outbox.put(frame("x" + i))).isTrue();
    }

    assertThat(outbox.put(frame("last"))).isFalse();

    assertThat(drain())
        .hasSize(Outbox.MAX_OTHERS + 1)
        .startsWith("snapshot", "x1")
        .endsWith("last")
        .doesNotContain("x0");
  }

  @Test
  void whatWasTakenMakesRoomForMore() throws InterruptedException {
    for (int i = 0; i < Outbox.MAX_OTHERS; i++) {
      outbox.put(frame("x" + i));
    }
    outbox.take(Duration.ZERO);

    assertThat(outbox.put(frame("last"))).isTrue();
  }

  @Test
  void closingDropsWhatWaitsAndTakesNothingMore() throws InterruptedException {
    outbox.putNewest("a", frame("a1"));
    outbox.close(1001);
    outbox.put(frame("late"));
    outbox.putNewest("a", frame("late"));
    outbox.close(1008);

    var last = outbox.take(Duration.ZERO).orElseThrow();

    assertThat(last.last()).isTrue();
    assertThat(last.parts().getFirst()).containsExactly(0x88, 0x02, 0x03, 0xE9);
    assertThat(outbox.size()).isZero();
  }

  @Test
  void theAnswerToAPingComesFirstAndFloodsAreCut() throws InterruptedException {
    outbox.putNewest("a", frame("a1"));
    for (int i = 0; i < 100; i++) {
      outbox.putPong(Frame.pong(new byte[] {(byte) ('0' + i % 10)}));
    }

    assertThat(drain()).containsExactly("6", "7", "8", "9", "a1");
  }

  @Test
  void waitsForAFrameOnlyAsLongAsToldTo() throws InterruptedException {
    assertThat(outbox.take(Duration.ofMillis(1))).isEmpty();
  }
}
