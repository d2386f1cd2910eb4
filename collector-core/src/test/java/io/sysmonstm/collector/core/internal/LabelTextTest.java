package io.sysmonstm.collector.core.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Names;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelTextTest {
  @Test
  void keepsWhatIsFine() {
    assertThat(LabelText.of("/media/Fotos – 日本 😀")).isEqualTo("/media/Fotos – 日本 😀");
  }

  @Test
  void whateverComesOutIsAvalidLabel() {
    for (var text :
        List.of("a\nb", "\u0000", "x".repeat(999), "日".repeat(999), "😀".repeat(999), "\ud800")) {
      var label = LabelText.of(text);
      assertThat(Names.labelsProblem(Map.of("mount", label))).isEmpty();
      assertThat(new String(label.getBytes(UTF_8), UTF_8)).isEqualTo(label);
    }
  }

  @Test
  void namesAreSkippedWholeOrByHowTheyBegin() {
    var filter = new NameFilter(List.of("veth*", "eth1"));
    assertThat(filter.skips("veth12ab")).isTrue();
    assertThat(filter.skips("eth1")).isTrue();
    assertThat(filter.skips("eth10")).isFalse();
    assertThat(filter.skips("myveth")).isFalse();
  }
}
