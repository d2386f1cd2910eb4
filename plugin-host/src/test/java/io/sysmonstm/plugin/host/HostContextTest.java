package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostContextTest {
  @TempDir Path directory;

  @Test
  void theDataDirectoryIsMadeForThisUserAlone() throws IOException {
    var data = directory.resolve("state/sysmonstm");

    try (var host = HostContext.open(TimeSource.system(), data)) {
      assertThat(host.dataDirectory()).isEqualTo(data);
    }
    assertThat(Files.getPosixFilePermissions(data))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void listingMakesNothing() {
    var data = directory.resolve("state");

    try (var host = HostContext.forListing(TimeSource.system(), data)) {
      assertThat(host.dataDirectory()).isEqualTo(data);
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aDataDirectoryThatIsAFileIsRefused() throws IOException {
    var file = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> HostContext.open(TimeSource.system(), file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data-directory is '%s': it is a file".formatted(file));
  }

  @Test
  void pluginsShareAllButTheirNameAndThreads() {
    try (var host = HostContext.open(TimeSource.system(), directory)) {
      var plugin = host.forPlugin("ops", HostContextTest.class.getClassLoader());

      assertThat(plugin.instanceName()).isEqualTo("ops");
      assertThat(plugin.metrics()).isSameAs(host.metrics());
      assertThat(plugin.series()).isSameAs(host.series());
      assertThat(plugin.time()).isSameAs(host.time());
      assertThat(plugin.dataDirectory()).isEqualTo(host.dataDirectory());
    }
  }

  @Test
  void tasksRunInVirtualThreadsAndAreInterruptedAtTheEnd() throws InterruptedException {
    var started = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    try (var host = HostContext.open(TimeSource.system(), directory)) {
      host.executor()
          .execute(
              () -> {
                if (Thread.currentThread().isVirtual()) {
                  started.countDown();
                }
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  interrupted.countDown();
                }
              });
      assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }
}
