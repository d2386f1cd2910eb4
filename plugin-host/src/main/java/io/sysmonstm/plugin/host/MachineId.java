package io.sysmonstm.plugin.host;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Names;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The id of a machine that was given none: made once, at random, and kept in the data directory, so
 * that it outlives a change of the host name.
 */
public final class MachineId {
  private static final String FILE = "machine-id";

  private MachineId() {}

  /**
   * Reads the id, or makes it where there is none. Of several processes that do so at once, all get
   * the same. Blocks for disk access.
   *
   * @param dataDirectory an existing directory
   * @return 1 to 64 of letters, digits, dot, underscore and dash
   * @throws ConfigException where the file cannot be read or written, or holds something else
   */
  public static String in(Path dataDirectory) {
    var file = dataDirectory.resolve(FILE);
    try {
      try {
        return read(file);
      } catch (NoSuchFileException first) {
        create(dataDirectory, file);
        return read(file);
      }
    } catch (IOException e) {
      throw new ConfigException(
          List.of(
              "the id of this machine cannot be kept in '%s' (%s): set collector.machine-id, or mend"
                      .formatted(file, Masking.reason(e))
                  + " the directory"));
    }
  }

  /**
   * Reads the id where there is one already; makes nothing. Blocks for disk access.
   *
   * @param dataDirectory a directory, which need not exist
   * @return the id, empty where none can be read
   */
  public static Optional<String> find(Path dataDirectory) {
    try {
      return Optional.of(read(dataDirectory.resolve(FILE)));
    } catch (IOException | ConfigException none) {
      return Optional.empty();
    }
  }

  private static String read(Path file) throws IOException {
    var id = Files.readString(file).strip();
    Names.machineIdProblem(id)
        .ifPresent(
            problem -> {
              throw new ConfigException(
                  List.of("%s in '%s'; delete the file to get a new id".formatted(problem, file)));
            });
    return id;
  }

  /** The file appears with its content, or not at all, whatever happens in between. */
  private static void create(Path directory, Path file) throws IOException {
    var temporary = directory.resolve(FILE + "." + UUID.randomUUID() + ".new");
    try {
      write(temporary, UUID.randomUUID() + "\n");
      try {
        // Unlike a rename, a link does not take the place of a file that another process was
        // quicker to make.
        Files.createLink(file, temporary);
      } catch (FileAlreadyExistsException another) {
        return;
      } catch (IOException | UnsupportedOperationException noLinks) {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void write(Path file, String text) throws IOException {
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try (var channel = FileChannel.open(file, options, attributes)) {
      var bytes = ByteBuffer.wrap(text.getBytes(US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }
}
