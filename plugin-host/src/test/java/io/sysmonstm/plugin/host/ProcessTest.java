package io.sysmonstm.plugin.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Names;
import io.sysmonstm.spi.Provider;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonGenerator;

@Timeout(60)
class ProcessTest {
  @TempDir Path directory;

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void aSignalStopsTheProcessInOrderAndWithStatusZero() throws Exception {
    var process = start();
    assertThat(process.inputReader().readLine()).startsWith("started ");

    process.toHandle().destroy();
    process.toHandle().destroy();

    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8))
        .contains("\"event\":\"role_stopping\"")
        .contains("\"reason\":\"SIGTERM\"")
        .contains("\"event\":\"role_stopped\"");
  }

  @Test
  void aSecondProcessIsKeptOutOfTheDirectoryByNameAndTheLockEndsWithTheFirst() throws Exception {
    var first = start();
    assertThat(first.inputReader().readLine()).startsWith("started ");

    assertThatThrownBy(() -> DirectoryLock.acquire(directory))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is in use by process " + first.pid());
    var second = start();
    assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(second.exitValue()).isEqualTo(Host.STATUS_BAD_CONFIGURATION);

    first.destroyForcibly().waitFor();
    DirectoryLock.acquire(directory).close();
  }

  private Process start() throws IOException {
    var classPath = new ArrayList<String>();
    for (var type : List.of(Names.class, Provider.class, JsonGenerator.class)) {
      classPath.add(FoundProvider.location(type));
    }
    classPath.add(FoundProvider.location(Host.class));
    // Tests are patched into the module; on a class path they need their own entry.
    classPath.add(
        Path.of(FoundProvider.location(Host.class)).resolveSibling("test-classes").toString());
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                String.join(File.pathSeparator, classPath),
                HostProcess.class.getName(),
                directory.toString())
            .start();
    processes.add(process);
    return process;
  }
}
