package io.sysmonstm.web.helidon.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PinnedFramesTest {
  private static final int MEBIBYTE = 1 << 20;

  private static byte[] part() {
    return new byte[MEBIBYTE];
  }

  @Test
  void theOldestBeyondTheBoundHaveToGo() {
    var frames = new ArrayList<Frame>();
    for (int i = 0; i < 20; i++) {
      frames.add(Frame.text(List.of(part())));
    }

    // The newest does not count, 15 more are a little less than the bound with their heads.
    assertThat(PinnedFrames.condemned(frames))
        .containsExactlyInAnyOrderElementsOf(frames.subList(16, 20));
  }

  @Test
  void whatFramesShareCountsOnce() {
    var shared = part();
    var frames = new ArrayList<Frame>();
    for (int i = 0; i < 100; i++) {
      frames.add(Frame.text(List.of(shared, new byte[1_000])));
    }

    assertThat(PinnedFrames.condemned(frames)).isEmpty();
  }

  @Test
  void manyViewersOfOneFrameHoldItOnce() {
    var frames = new ArrayList<Frame>();
    var one = Frame.text(List.of(part()));
    for (int i = 0; i < 100; i++) {
      frames.add(one);
    }

    assertThat(PinnedFrames.condemned(frames)).isEmpty();
  }
}
