package io.sysmonstm.web.helidon.internal.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private final Outbox outbox = new Outbox(() -> {});

  private static Frame frame(String text) {
    return Frame.text(text.getBytes(UTF_8));
  }

  private static String text(Frame frame) {
    var bytes = frame.parts().getFirst();
    return new String(bytes, 2, bytes.length - 2, UTF_8);
  }

  private List<String> drain() {
    var texts = new ArrayList<String>();
    for (var next = outbox.poll(); next.isPresent(); next = outbox.poll()) {
      texts.add(text(next.get()));
    }
    return texts;
  }

  @Test
  void theNewestStateOfAMachineTakesThePlaceOfAnOlderOne() {
    outbox.putNewest("a", frame("a1"));
    outbox.putNewest("b", frame("b1"));
    outbox.putNewest("a", frame("a2"));

    assertThat(drain()).containsExactly("a2", "b1");
  }

  @Test
  void otherFramesKeepTheirOrderAmongTheMetrics() {
    outbox.put(frame("stale"));
    outbox.putNewest("a", frame("a1"));
    outbox.put(frame("alert"));
    outbox.putNewest("a", frame("a2"));

    assertThat(drain()).containsExactly("stale", "a2", "alert");
  }

  @Test
  void theOldestOtherFrameIsDroppedAtTheBoundAndNeverTheSnapshot() {
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
  void whatWasTakenMakesRoomForMore() {
    for (int i = 0; i < Outbox.MAX_OTHERS; i++) {
      outbox.put(frame("x" + i));
    }
    outbox.poll();

    assertThat(outbox.put(frame("last"))).isTrue();
  }

  @Test
  void closingDropsWhatWaitsAndTakesNothingMore() {
    outbox.putNewest("a", frame("a1"));
    outbox.close(1001);
    outbox.put(frame("late"));
    outbox.putNewest("a", frame("late"));
    outbox.close(1008);

    var last = outbox.poll().orElseThrow();

    assertThat(last.last()).isTrue();
    assertThat(last.parts().getFirst()).containsExactly(0x88, 0x02, 0x03, 0xE9);
    assertThat(outbox.size()).isZero();
  }

  @Test
  void theAnswerToAPingComesFirstAndFloodsAreCut() {
    outbox.putNewest("a", frame("a1"));
    for (int i = 0; i < 100; i++) {
      outbox.putPong(Frame.pong(new byte[] {(byte) ('0' + i % 10)}));
    }

    assertThat(drain()).containsExactly("6", "7", "8", "9", "a1");
  }

  @Test
  void aPingComesBeforeWhatWaitsAndOnce() {
    outbox.putNewest("a", frame("a1"));
    outbox.putPing();
    outbox.putPing();

    assertThat(outbox.poll().orElseThrow().parts().getFirst()).containsExactly(0x89, 0);
    assertThat(drain()).containsExactly("a1");
  }

  @Test
  void whoWritesIsWokenOnceUntilItRests() {
    var woken = new AtomicInteger();
    var told = new Outbox(woken::incrementAndGet);
    told.putNewest("a", frame("a1"));
    told.put(frame("x"));
    assertThat(woken).hasValue(1);

    told.poll();
    assertThat(told.rest()).as("something waits").isFalse();
    told.poll();
    told.putPing();
    assertThat(woken).as("it is still awake").hasValue(1);
    assertThat(told.rest()).isFalse();
    told.poll();

    assertThat(told.rest()).isTrue();
    told.putPong(Frame.pong(new byte[0]));
    assertThat(woken).hasValue(2);
    told.poll();
    assertThat(told.rest()).isTrue();
    told.close(1000);
    told.close(1000);
    told.put(frame("late"));
    assertThat(woken).hasValue(3);
    assertThat(told.rest()).as("the close frame is for ever").isFalse();
  }

  @Test
  void afterAFloodEverythingIsAsBefore() {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 500; i++) {
        outbox.putNewest("m" + i, frame("m" + i));
        outbox.put(frame("x" + i));
      }
      assertThat(drain()).hasSize(1_000).startsWith("m0", "x0", "m1").endsWith("m499", "x499");
    }
    outbox.putNewest("a", frame("a1"));
    assertThat(outbox.put(frame("x"))).isTrue();
    assertThat(drain()).containsExactly("a1", "x");
  }
}
