package io.sysmonstm.collector.core.internal;

import io.sysmonstm.api.Labels;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import oshi.software.os.FileSystem;
import oshi.software.os.OSFileStore;
import oshi.util.linux.ProcPath;

/**
 * The file systems worth watching, as {@code df -l} would list them: no pseudo file systems, no
 * network ones, each device once. The list is made anew each minute, because OSHI runs a program
 * for it, and at once where Linux says that mounts have changed. Confined to one thread.
 */
final class MountTable implements AutoCloseable {
  private static final int MAX_MOUNTS = 64;
  private static final long REFRESH_NANOS = 60_000_000_000L;

  /** A file system: where, under which labels, and what OSHI said of it when the list was made. */
  record Mount(File directory, Labels labels, OSFileStore store) {}

  private final FileSystem fileSystem;
  private final NameFilter skipped;
  private final ProcFile kernelTable = new ProcFile(ProcPath.MOUNTS);
  private List<Mount> mounts = List.of();
  private byte[] lastKernelTable = new byte[0];
  private long listedNanos;
  private boolean listed;

  MountTable(FileSystem fileSystem, NameFilter skipped) {
    this.fileSystem = fileSystem;
    this.skipped = skipped;
  }

  /** Makes the list anew where it is time; tells whether it did. */
  boolean refresh(long nowNanos) {
    boolean readable = readKernelTable();
    boolean current =
        listed
            && nowNanos - listedNanos < REFRESH_NANOS
            && (!readable || kernelTable.holds(lastKernelTable));
    if (current) {
      return false;
    }
    lastKernelTable = readable ? kernelTable.copy() : lastKernelTable;
    mounts = list();
    listedNanos = nowNanos;
    listed = true;
    return true;
  }

  List<Mount> mounts() {
    return mounts;
  }

  private boolean readKernelTable() {
    try {
      kernelTable.read();
      return true;
    } catch (IOException notLinux) {
      return false;
    }
  }

  @Override
  public void close() {
    kernelTable.close();
  }

  private List<Mount> list() {
    var byDevice = new LinkedHashMap<String, OSFileStore>();
    for (var store : fileSystem.getFileStores(true)) {
      if (isWatched(store)) {
        byDevice.merge(deviceKey(store), store, MountTable::nearerToRoot);
      }
    }
    return describe(byDevice.values());
  }

  private boolean isWatched(OSFileStore store) {
    return store.getTotalSpace() > 0
        && !isRemote(store.getVolume())
        && !skipped.skips(store.getMount())
        // Containers mount single files of the host's disk, such as /etc/hosts.
        && new File(store.getMount()).isDirectory();
  }

  /** As df tells it: host:/path, or //host/share. */
  private static boolean isRemote(String volume) {
    return volume.startsWith("//") || (!volume.startsWith("/") && volume.contains(":/"));
  }

  /**
   * One file system that is mounted twice is told by its device; those without one are told by
   * where they are.
   */
  private static String deviceKey(OSFileStore store) {
    return store.getVolume().startsWith("/") ? store.getVolume() : "mount:" + store.getMount();
  }

  private static OSFileStore nearerToRoot(OSFileStore one, OSFileStore other) {
    return other.getMount().length() < one.getMount().length() ? other : one;
  }

  private static List<Mount> describe(Collection<OSFileStore> stores) {
    var sorted = new ArrayList<>(stores);
    sorted.sort(Comparator.comparing(OSFileStore::getMount));
    return sorted.stream().limit(MAX_MOUNTS).map(MountTable::describe).toList();
  }

  private static Mount describe(OSFileStore store) {
    var labels =
        Labels.of(
            Map.of(
                "mount", LabelText.of(store.getMount()),
                "device", LabelText.of(store.getVolume()),
                "fstype", LabelText.of(store.getType())));
    return new Mount(new File(store.getMount()), labels, store);
  }
}
