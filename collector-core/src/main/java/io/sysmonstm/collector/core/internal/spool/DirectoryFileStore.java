package io.sysmonstm.collector.core.internal.spool;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.sysmonstm.api.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A directory of the file system, which only its user can read and only one process uses. */
public final class DirectoryFileStore implements FileStore {
  private static final String LOCK = "lock";
  // Of a large file system the twentieth part would be more than anybody needs in an emergency.
  private static final long GREATEST_RESERVE_BYTES = 1L << 30;

  private final Path directory;
  private java.nio.file.@Nullable FileStore fileSystem;
  private final @Nullable FileChannel lock;

  private DirectoryFileStore(Path directory, @Nullable FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /**
   * Takes a directory, which is made where there is none.
   *
   * @throws ConfigException where another process has it
   * @throws IOException where it cannot be used
   */
  public static FileStore claim(Path directory) throws IOException {
    createPrivate(directory);
    var channel = open(directory.resolve(LOCK), Set.of(CREATE, WRITE));
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException inThisProcess) {
      locked = false;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw new ConfigException(
          List.of(
              ("spool '%s' is in use by another collector: expected one at a time; stop the other"
                      + " one, or give this one a directory of its own")
                  .formatted(directory)));
    }
    return new DirectoryFileStore(directory, channel);
  }

  private static void createPrivate(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    var parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.createDirectories(directory, attributes(directory, "rwx------"));
  }

  private static FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException {
    return FileChannel.open(file, options, attributes(file, "rw-------"));
  }

  private static FileAttribute<?>[] attributes(Path path, String permissions) {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public List<String> list() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (var files = Files.list(directory)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> file.getFileName().toString())
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public StoredFile create(String name) throws IOException {
    if (lock == null) {
      createPrivate(directory);
    }
    return new Opened(open(directory.resolve(name), Set.of(CREATE_NEW, READ, WRITE)), 0);
  }

  @Override
  public StoredFile open(String name) throws IOException {
    var channel = open(directory.resolve(name), Set.of(READ, WRITE));
    return new Opened(channel, channel.size());
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void sync() throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (var self = FileChannel.open(directory, READ)) {
        self.force(true);
      }
    }
  }

  @Override
  public long room() throws IOException {
    var known = fileSystem;
    if (known == null) {
      // To find it takes reading the table of mounts.
      known = Files.getFileStore(directory);
      fileSystem = known;
    }
    long total = known.getTotalSpace();
    // Some file systems do not tell.
    return total <= 0 ? Long.MAX_VALUE : known.getUsableSpace() - reserve(total);
  }

  static long reserve(long totalBytes) {
    return Math.min(totalBytes / 20, GREATEST_RESERVE_BYTES);
  }

  @Override
  public FileStore directory(String name) {
    return new DirectoryFileStore(directory.resolve(name), null);
  }

  @Override
  public void close() {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException released) {
        // The lock goes with the descriptor, whatever close says.
      }
    }
  }

  /** An open file; the end is kept here, so that a failed write leaves no gap. */
  private static final class Opened implements StoredFile {
    private final FileChannel channel;
    private long end;

    Opened(FileChannel channel, long end) {
      this.channel = channel;
      this.end = end;
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      return channel.read(into, position);
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        end += channel.write(bytes, end);
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
      end = size;
    }

    @Override
    public void sync() throws IOException {
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
