package io.sysmonstm.collector.core.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcStatLineTest {
  // Of a Debian 12 machine: a systemd, and a program that was renamed by prctl.
  private static final String SYSTEMD =
      "1 (systemd) S 0 1 1 0 -1 4194560 35622 1240587 130 2304 117 254 3391 1264 20 0 1 0 26"
          + " 172318720 3328 18446744073709551615 1 1 0 0 0 0 671173123 4096 1260 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
  private static final String HOSTILE =
      "4711 (evil) R 9 (x) S 1 4711 4711 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 7 0 98765"
          + " 1000000 256 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

  private final ProcStatLine format = new ProcStatLine(100, 4_096);

  private Optional<ProcessReading> parse(String line) {
    byte[] bytes = line.getBytes(UTF_8);
    return format.parse(bytes, bytes.length);
  }

  @Test
  void readsWhatIsWanted() {
    assertThat(parse(SYSTEMD))
        .contains(new ProcessReading(1, 26, "systemd", (117 + 254) * 10, 3_328 * 4_096L, 1));
  }

  @Test
  void anameMayHoldBlanksAndBrackets() {
    assertThat(parse(HOSTILE))
        .contains(new ProcessReading(4711, 98_765, "evil) R 9 (x", 3_000, 256 * 4_096L, 7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1 (a", "1 a)", ")(", "1 (a)", "1 (a) S 1 2 3", "\n"})
  void whatIsCutShortIsNoReading(String line) {
    assertThat(parse(line)).isEmpty();
  }

  @Test
  void anEmptyFileIsNoReading() {
    assertThat(format.parse(new byte[16], -1)).isEmpty();
  }
}
