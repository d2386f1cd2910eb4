package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineIdTest {
  @TempDir Path directory;

  @Test
  void isMadeOnceAndKeptForThisUserAlone() throws IOException {
    var id = MachineId.in(directory);

    assertThat(Names.machineIdProblem(id)).isEmpty();
    assertThat(MachineId.in(directory)).isEqualTo(id);
    assertThat(directory.toFile().list()).containsExactly("machine-id");
    assertThat(Files.getPosixFilePermissions(directory.resolve("machine-id")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void canBeLookedUpWithoutBeingMade() {
    assertThat(MachineId.find(directory)).isEmpty();
    assertThat(directory).isEmptyDirectory();

    assertThat(MachineId.find(directory.resolve("none"))).isEmpty();
    assertThat(MachineId.find(directory)).isEmpty();
    var id = MachineId.in(directory);
    assertThat(MachineId.find(directory)).hasValue(id);
  }

  @Test
  void allThatAskAtOnceGetTheSame() throws Exception {
    var ids = new HashSet<String>();
    try (var executor = Executors.newFixedThreadPool(8)) {
      Callable<String> ask = () -> MachineId.in(directory);
      for (var id : executor.invokeAll(IntStream.range(0, 32).mapToObj(i -> ask).toList())) {
        ids.add(id.get());
      }
    }
    assertThat(ids).hasSize(1);
  }

  @Test
  void oneThatAnOperatorWroteIsTaken() throws IOException {
    Files.writeString(directory.resolve("machine-id"), "rack-7\n");

    assertThat(MachineId.in(directory)).isEqualTo("rack-7");
  }

  @Test
  void anotherContentIsAProblem() throws IOException {
    Files.writeString(directory.resolve("machine-id"), "not an id");

    assertThatThrownBy(() -> MachineId.in(directory))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'not an id' is not valid")
        .hasMessageContaining("delete the file");
  }

  @Test
  void aDirectoryThatIsNotThereIsAProblem() {
    assertThatThrownBy(() -> MachineId.in(directory.resolve("nowhere")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("set collector.machine-id");
  }
}
