package io.sysmonstm.store.embedded;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.TimeSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A database file and what lies beside it: the lock that keeps other processes away, the
 * write-ahead log, and damaged predecessors. Guarded by its owner.
 */
final class DatabaseFile implements AutoCloseable {
  private static final EventLog LOG = EventLog.of(DatabaseFile.class);

  private final Path path;
  private final TimeSource time;
  private @Nullable FileChannel lock;

  DatabaseFile(Path path, TimeSource time) {
    this.path = path;
    this.time = time;
  }

  Path path() {
    return path;
  }

  String name() {
    return path.getFileName().toString();
  }

  /** Makes sure that this process alone uses the file, and that only its user can read it. */
  void claim() throws IOException {
    if (lock != null) {
      return;
    }
    var channel =
        FileChannel.open(beside(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!locked(channel)) {
      channel.close();
      throw new ConfigException(
          List.of(
              "%s is in use by another sysmonstm: expected one at a time; stop the other one, or give this one a data-directory of its own"
                  .formatted(name())));
    }
    lock = channel;
    createPrivate();
  }

  /** Moves a file that cannot be used out of the way, with its write-ahead log; it is kept. */
  void moveAside(String why) throws IOException {
    var suffix = "." + why + "-" + time.instant().toString().replace(':', '-');
    var kept = beside(suffix);
    for (var part : List.of("", "-wal", "-shm")) {
      if (Files.exists(beside(part))) {
        Files.move(beside(part), beside(suffix + part));
      }
    }
    LOG.error(
        "database_moved_aside",
        "a database file cannot be used; it is kept under another name, and a new one is begun",
        null,
        "file",
        name(),
        "kept_as",
        String.valueOf(kept.getFileName()),
        "why",
        why);
    createPrivate();
  }

  @Override
  public void close() {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        LOG.warn("database_lock_not_released", "a lock file does not close", e, "file", name());
      }
      lock = null;
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException held) {
      return false;
    }
  }

  /** Makes the file where there is none, so that only its user can read it. */
  void createPrivate() throws IOException {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    try {
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      giveToOwnerOfDirectory();
    } catch (FileAlreadyExistsException ofEarlierTimes) {
      // Whoever runs this may have opened it to a group on purpose.
    }
  }

  /** A command that root runs before the role does would keep the file from the role's user. */
  private void giveToOwnerOfDirectory() throws IOException {
    var owner = Files.getOwner(path.resolveSibling("."));
    if (!owner.equals(Files.getOwner(path))) {
      try {
        Files.setOwner(path, owner);
      } catch (IOException notRoot) {
        // Then this is the user that works with it.
      }
    }
  }

  private Path beside(String suffix) {
    return path.resolveSibling(name() + suffix);
  }
}
