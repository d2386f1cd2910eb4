package io.sysmonstm.web.helidon.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameTest {
  @Test
  void aShortTextHasItsLengthInOneByte() {
    assertThat(Frame.text(new byte[] {'h', 'i'}).parts())
        .containsExactly(new byte[] {(byte) 0x81, 2, 'h', 'i'});
  }

  @Test
  void aTextOf126BytesHasItsLengthInTwoBytes() {
    var bytes = Frame.text(new byte[126]).parts().getFirst();

    assertThat(bytes).hasSize(126 + 4).startsWith(0x81, 126, 0, 126);
  }

  @Test
  void aTextOf64KiBHasItsLengthInEightBytes() {
    var bytes = Frame.text(new byte[65_536]).parts().getFirst();

    assertThat(bytes).hasSize(65_536 + 10).startsWith(0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0);
  }

  @Test
  void aTextOf65535BytesStillHasItsLengthInTwoBytes() {
    var bytes = Frame.text(new byte[65_535]).parts().getFirst();

    assertThat(bytes).startsWith(0x81, 126, 0xFF, 0xFF);
  }

  @Test
  void partsAreSharedAndCountedTogether() {
    var first = new byte[100];
    var second = new byte[200];

    var frame = Frame.text(List.of(first, second));

    assertThat(frame.parts()).hasSize(3);
    assertThat(frame.parts().get(1)).isSameAs(first);
    assertThat(frame.parts().get(2)).isSameAs(second);
    assertThat(ByteBuffer.wrap(frame.parts().getFirst()).getShort(2)).isEqualTo((short) 300);
    assertThat(frame.length()).isEqualTo(304);
  }

  @Test
  void onlyACloseFrameIsTheLast() {
    assertThat(Frame.close(1000).last()).isTrue();
    assertThat(Frame.ping().last()).isFalse();
    assertThat(Frame.ping().parts().getFirst()).containsExactly(0x89, 0);
  }
}
