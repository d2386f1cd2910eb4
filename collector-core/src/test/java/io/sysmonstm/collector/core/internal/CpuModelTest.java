package io.sysmonstm.collector.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.TimeSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuModelTest {
  @Test
  void readsTheNameOfTheFirstProcessor() {
    var lines =
        List.of(
            "processor\t: 0",
            "model\t\t: 17",
            "model name\t: Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz",
            "",
            "model name\t: another");
    assertThat(CpuModel.parse(lines)).contains("Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz");
  }

  @Test
  void processorsThatDoNotSayHaveNone() {
    assertThat(CpuModel.parse(List.of("processor\t: 0", "CPU implementer\t: 0x41"))).isEmpty();
    assertThat(CpuModel.parse(List.of("model name\t: "))).isEmpty();
    assertThat(CpuModel.parse(List.of())).isEmpty();
  }

  @Test
  void saysWhatOshiSays() {
    var system = OshiSystem.open(TimeSource.system());
    assertThat(CpuModel.of(system))
        .isEqualTo(system.hardware().getProcessor().getProcessorIdentifier().getName().strip());
  }
}
