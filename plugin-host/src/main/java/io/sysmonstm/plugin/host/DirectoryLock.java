package io.sysmonstm.plugin.host;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sysmonstm.api.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second process out of a directory that one process owns. The lock ends with the process,
 * however that ends. Thread-safe.
 */
public final class DirectoryLock implements AutoCloseable {
  private static final String FILE = "lock";

  /** Behind all content, so that others can read the process id also where locks are mandatory. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  /**
   * What this process has locked. On POSIX systems the lock goes when any channel of the file is
   * closed in the process, so a second attempt must not even open it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Locks a directory. Does not wait.
   *
   * @param directory an existing directory
   * @return the lock, to be closed when the directory is not used any more
   * @throws ConfigException naming the process, where another one has it, or where the directory
   *     cannot be written to
   */
  public static DirectoryLock acquire(Path directory) {
    Path real;
    try {
      real = directory.toRealPath();
    } catch (IOException e) {
      throw failed(directory, e);
    }
    if (!HELD.add(real)) {
      throw inUse(directory, String.valueOf(ProcessHandle.current().pid()));
    }
    boolean locked = false;
    try {
      var lock = new DirectoryLock(real, lock(directory));
      locked = true;
      return lock;
    } catch (IOException e) {
      throw failed(directory, e);
    } finally {
      if (!locked) {
        HELD.remove(real);
      }
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    var channel =
        FileChannel.open(
            directory.resolve(FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      @Nullable FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
      if (lock == null) {
        throw inUse(directory, read(channel));
      }
      var pid = ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(US_ASCII));
      channel.truncate(0);
      channel.write(pid, 0);
      locked = true;
      return channel;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      // The lock is gone all the same: at the latest with the process.
    } finally {
      HELD.remove(directory);
    }
  }

  private static String read(FileChannel channel) throws IOException {
    var bytes = ByteBuffer.allocate(32);
    channel.read(bytes, 0);
    var pid = new String(bytes.array(), 0, bytes.position(), US_ASCII).strip();
    return pid.matches("\\d+") ? pid : "unknown";
  }

  private static ConfigException inUse(Path directory, String pid) {
    return new ConfigException(
        List.of(
            "data directory '%s' is in use by process %s: stop that, or give this one another --%s"
                .formatted(directory, pid, HostSettings.DATA_DIRECTORY)));
  }

  private static ConfigException failed(Path directory, IOException e) {
    return new ConfigException(
        List.of(
            "data directory '%s' cannot be locked (%s)".formatted(directory, Masking.reason(e))));
  }
}
