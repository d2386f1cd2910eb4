package io.sysmonstm.distributions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file system of a few megabytes, in memory, that can be filled up. To mount it takes a right
 * that root mostly has and others have not. Confined to one thread.
 */
final class SmallDisk implements AutoCloseable {
  private static final int BLOCK_BYTES = 64 << 10;

  private final Path directory;
  private final Path ballast;

  private SmallDisk(Path directory) {
    this.directory = directory;
    this.ballast = directory.resolve("ballast");
  }

  /** Mounts one on an empty directory; empty where that is not allowed. */
  static Optional<SmallDisk> mount(Path directory, int megabytes) {
    return run(
            "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", directory.toString())
        ? Optional.of(new SmallDisk(directory))
        : Optional.empty();
  }

  /**
   * Mounts one that looks like a disk, with a file system of its own in a file; empty where that is
   * not allowed.
   */
  static Optional<SmallDisk> mountBlocks(Path directory, Path image, int megabytes) {
    return run("truncate", "-s", megabytes + "M", image.toString())
            && run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString())
            && run("mount", "-o", "loop", image.toString(), directory.toString())
        ? Optional.of(new SmallDisk(directory))
        : Optional.empty();
  }

  private static boolean run(String... command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException noSuchProgram) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns a directory on it. */
  Path directory(String name) {
    try {
      return Files.createDirectory(directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Leaves no byte free. */
  void fill() {
    var block = new byte[BLOCK_BYTES];
    try (var out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      // That was the aim.
    }
  }

  /** Takes some of the room, beside what was taken before. */
  void take(int bytes) {
    try (var out =
        Files.newOutputStream(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      out.write(new byte[bytes]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Leaves not more than that free. */
  void fillUpTo(long freeBytes) {
    try (var out = Files.newOutputStream(ballast)) {
      for (long free = free(directory); free > freeBytes; free = free(directory)) {
        out.write(new byte[Math.toIntExact(Math.min(BLOCK_BYTES, free - freeBytes))]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long free(Path directory) throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }

  /** Gives the room back. */
  void free() {
    try {
      Files.deleteIfExists(ballast);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    run("umount", "--lazy", directory.toString());
  }
}
