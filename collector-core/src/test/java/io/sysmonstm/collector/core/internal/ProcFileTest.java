package io.sysmonstm.collector.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcFileTest {
  @TempDir private Path directory;
  private Path path;
  private ProcFile file;

  @BeforeEach
  void open() {
    path = directory.resolve("file");
    file = new ProcFile(path.toString());
  }

  @Test
  void goesThroughLinesAndNumbers() throws IOException {
    Files.writeString(path, "one: 1 \t22 x\n\nload 0.52 10.07\nlast");
    file.read();
    assertThat(file.nextLine()).isTrue();
    assertThat(file.skip("two")).isFalse();
    assertThat(file.skip("one:")).isTrue();
    assertThat(file.number()).isEqualTo(1);
    assertThat(file.number()).isEqualTo(22);
    assertThat(file.number()).isEqualTo(-1);
    assertThat(file.nextLine()).isTrue();
    assertThat(file.number()).isEqualTo(-1);
    assertThat(file.nextLine()).isTrue();
    assertThat(file.skip("load")).isTrue();
    assertThat(file.hundredths()).isEqualTo(0.52);
    assertThat(file.hundredths()).isEqualTo(10.07);
    assertThat(file.hundredths()).isEqualTo(-1);
    assertThat(file.nextLine()).isTrue();
    assertThat(file.skip("last one")).isFalse();
    assertThat(file.skip("last")).isTrue();
    assertThat(file.nextLine()).isFalse();
    file.rewind();
    assertThat(file.nextLine()).isTrue();
    assertThat(file.skip("one:")).isTrue();
  }

  @Test
  void readsAnewWhatHasGrownOrShrunk() throws IOException {
    Files.writeString(path, "1\n");
    file.read();
    byte[] before = file.copy();
    Files.writeString(path, "x".repeat(100_000) + "\n7\n");
    file.read();
    assertThat(file.holds(before)).isFalse();
    assertThat(file.nextLine()).isTrue();
    assertThat(file.nextLine()).isTrue();
    assertThat(file.number()).isEqualTo(7);
    Files.writeString(path, "1\n");
    file.read();
    assertThat(file.holds(before)).isTrue();
  }

  @Test
  void aFileThatIsNotThereFailsAndIsTriedAgain() throws IOException {
    assertThatThrownBy(file::read).isInstanceOf(IOException.class);
    Files.writeString(path, "3");
    file.read();
    assertThat(file.nextLine()).isTrue();
    assertThat(file.number()).isEqualTo(3);
    file.close();
    file.read();
    assertThat(file.nextLine()).isTrue();
  }
}
