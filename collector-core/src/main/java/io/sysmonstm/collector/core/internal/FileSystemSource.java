package io.sysmonstm.collector.core.internal;

import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.SampleSink;
import io.sysmonstm.spi.TimeSource;
import java.io.File;

/**
 * Space and inodes of file systems, in the sense of {@code df}. A source of its own, because a dead
 * one hangs.
 */
final class FileSystemSource implements MetricSource {
  private final MountTable table;
  private final boolean canAskDf;
  private final TimeSource time;

  FileSystemSource(OshiSystem system, NameFilter skipped) {
    this.table = new MountTable(system.operatingSystem().getFileSystem(), skipped);
    this.canAskDf = system.isLinux();
    this.time = system.time();
  }

  @Override
  public String name() {
    return "filesystem";
  }

  @Override
  public void collect(SampleSink sink) {
    boolean listedAnew = table.refresh(time.nanoTime());
    for (var mount : table.mounts()) {
      addSpace(sink, mount);
    }
    if (listedAnew) {
      Inodes.read(table.mounts(), canAskDf).forEach(inodes -> inodes.addTo(sink));
    }
  }

  private static void addSpace(SampleSink sink, MountTable.Mount mount) {
    File directory = mount.directory();
    long total = directory.getTotalSpace();
    long used = total - directory.getFreeSpace();
    long usable = directory.getUsableSpace();
    if (total <= 0 || used < 0 || used + usable <= 0) {
      return;
    }
    sink.add("disk_percent", mount.labels(), 100.0 * used / (used + usable));
    sink.add("disk_used_bytes", mount.labels(), (double) used);
    sink.add("disk_free_bytes", mount.labels(), (double) usable);
    sink.add("disk_total_bytes", mount.labels(), (double) total);
  }

  @Override
  public void close() {
    table.close();
  }
}
