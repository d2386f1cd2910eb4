package io.sysmonstm.collector.core.internal.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.ManualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryFileStoreTest {
  @TempDir Path temp;

  private DiskSpool spool(Path directory) {
    var parts =
        new DiskSpool.Parts(
            SpoolFixture.MACHINE,
            new SpoolBounds(1 << 20, Duration.ofHours(1)),
            SpoolSync.ALWAYS,
            new SeriesRegistry(),
            new ManualTime(),
            new SelfMetrics());
    return DiskSpool.open(parts, () -> DirectoryFileStore.claim(directory));
  }

  @Test
  void writesReadsRenamesAndDeletes() throws IOException {
    try (var files = DirectoryFileStore.claim(temp)) {
      try (var file = files.create("a")) {
        file.append(ByteBuffer.wrap("hello".getBytes(UTF_8)));
        file.sync();
        file.truncate(4);
        file.append(ByteBuffer.wrap("p".getBytes(UTF_8)));
      }
      files.rename("a", "b");
      files.sync();
      assertThat(Files.readString(temp.resolve("b"))).isEqualTo("hellp");
      try (var file = files.open("b")) {
        assertThat(file.size()).isEqualTo(5);
        var into = ByteBuffer.allocate(3);
        assertThat(file.read(into, 1)).isEqualTo(3);
        file.append(ByteBuffer.wrap("!".getBytes(UTF_8)));
      }
      assertThat(Files.readString(temp.resolve("b"))).isEqualTo("hellp!");
      assertThatThrownBy(() -> files.create("b")).isInstanceOf(IOException.class);
      files.delete("b");
      files.delete("b");
      Files.createDirectory(temp.resolve("0000000000000001.seg"));
      assertThat(files.list()).containsExactly("lock");
    }
  }

  @Test
  void onlyItsUserCanReadIt() throws IOException {
    var directory = temp.resolve("deep/spool");
    try (var files = DirectoryFileStore.claim(directory);
        var _ = files.create("a")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
          .isEqualTo("rwx------");
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("a"))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aSecondSpoolOnOneDirectoryIsRefused() {
    var first = spool(temp);
    assertThatThrownBy(() -> spool(temp))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(temp.toString())
        .hasMessageContaining("in use by another collector");
    first.close();
    spool(temp).close();
  }

  @Test
  void carriesOnWithWhatIsOnDisk() {
    var first = spool(temp);
    var fixture = new SpoolFixture();
    var batch = fixture.batch(first.next(), 2);
    first.append(batch, 0);
    first.tend();
    first.close();

    var second = spool(temp);
    assertThat(second.epoch()).isEqualTo(batch.epoch());
    assertThat(second.next().seq()).isEqualTo(2);
    assertThat(SpoolFixture.content(second.takeBacklog(1).orElseThrow()))
        .isEqualTo(SpoolFixture.content(batch));
    second.close();
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNoReasonToStop() throws IOException {
    var file = Files.writeString(temp.resolve("file"), "in the way");
    var spool = spool(file.resolve("spool"));
    var fixture = new SpoolFixture();
    spool.append(fixture.batch(spool.next(), 1), 0);
    assertThat(spool.takeFresh(0)).isPresent();
    spool.rewind();

    Files.delete(file);
    spool.append(fixture.batch(spool.next(), 1), 0);
    assertThat(Files.isDirectory(file.resolve("spool"))).isTrue();
    assertThat(spool.depth()).isEqualTo(2);
    spool.close();
    assertThat(spool(file.resolve("spool")).depth()).isEqualTo(2);
  }

  @Test
  void theTwentiethPartOfTheFileSystemIsLeftToOthersAndOfALargeOneAGibibyte() throws Exception {
    assertThat(DirectoryFileStore.reserve(100 << 20)).isEqualTo(5 << 20);
    assertThat(DirectoryFileStore.reserve(10L << 40)).isEqualTo(1L << 30);
    try (var files = DirectoryFileStore.claim(temp)) {
      var system = Files.getFileStore(temp);
      long reserve = DirectoryFileStore.reserve(system.getTotalSpace());
      // Others write too, meanwhile.
      assertThat(files.room()).isCloseTo(system.getUsableSpace() - reserve, within(1L << 30));
    }
  }
}
