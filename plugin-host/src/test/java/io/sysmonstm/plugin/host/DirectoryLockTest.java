package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ConfigException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
  @TempDir Path directory;

  @Test
  void aSecondLockInTheSameProcessIsRefusedAndLeavesTheFirst() {
    try (var first = DirectoryLock.acquire(directory)) {
      assertThat(first).isNotNull();
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(
                () -> DirectoryLock.acquire(directory.resolve("../" + directory.getFileName())))
            .isInstanceOf(ConfigException.class)
            .hasMessageContaining("is in use by process " + ProcessHandle.current().pid());
      }
    }
    var again = DirectoryLock.acquire(directory);
    again.close();
    again.close();
  }

  @Test
  void aDirectoryThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> DirectoryLock.acquire(directory.resolve("nowhere")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cannot be locked (no such file)");
  }
}
