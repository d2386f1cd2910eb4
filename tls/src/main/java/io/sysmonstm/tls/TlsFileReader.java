package io.sysmonstm.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.EventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads the files, and tells whether they are still the same. */
final class TlsFileReader {
  private static final EventLog LOG = EventLog.of(TlsFileWatch.class);
  private static final int MOST_BYTES = 4 << 20;
  // 0640 and stricter, so that a group such as ssl-cert may read.
  private static final Set<PosixFilePermission> TOO_MUCH =
      EnumSet.of(
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private TlsFileReader() {}

  /** All files, or one exception with all problems. */
  static TlsMaterial read(TlsFiles files) {
    var problems = new ArrayList<String>();
    var chain = files.certificate().flatMap(file -> parse(file, Certificates::parse, problems));
    var key = files.key().flatMap(file -> parse(file, PrivateKeys::parse, problems));
    var trust = files.trust().flatMap(file -> parse(file, Certificates::parse, problems));
    var identity = chain.flatMap(certificates -> pair(files, certificates, key, problems));
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    files.key().ifPresent(TlsFileReader::warnOfReaders);
    return new TlsMaterial(identity, trust.orElse(List.of()));
  }

  private static Optional<TlsIdentity> pair(
      TlsFiles files,
      List<X509Certificate> chain,
      Optional<PrivateKey> key,
      List<String> problems) {
    try {
      return key.map(own -> new TlsIdentity(own, chain));
    } catch (IllegalArgumentException e) {
      problems.add(
          "'%s' and '%s': %s"
              .formatted(
                  files.certificate().orElseThrow(), files.key().orElseThrow(), e.getMessage()));
      return Optional.empty();
    }
  }

  private static <T> Optional<T> parse(
      Path file, Function<String, T> parser, List<String> problems) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        problems.add("'%s' is no PEM file: it is larger than 4 MiB".formatted(file));
        return Optional.empty();
      }
      return Optional.of(parser.apply(Files.readString(file, UTF_8)));
    } catch (IllegalArgumentException e) {
      problems.add("'%s' cannot be used: %s".formatted(file, e.getMessage()));
    } catch (NoSuchFileException e) {
      problems.add("'%s' does not exist: expected a PEM file".formatted(file));
    } catch (IOException e) {
      problems.add("'%s' cannot be read as text: %s".formatted(file, e));
    }
    return Optional.empty();
  }

  private static void warnOfReaders(Path key) {
    try {
      var permissions = Files.getPosixFilePermissions(key);
      if (permissions.stream().anyMatch(TOO_MUCH::contains)) {
        LOG.warn(
            "tls_key_readable",
            "Others than its owner can read or change the private key %s: run chmod 600 on it"
                .formatted(key),
            null,
            "file",
            key);
      }
    } catch (IOException | UnsupportedOperationException notHere) {
      // A file system without such permissions.
    }
  }

  /** What changes when a file is written or replaced; asks the file system only for attributes. */
  static List<String> stamps(TlsFiles files) {
    return files.all().stream().map(TlsFileReader::stamp).toList();
  }

  private static String stamp(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return "%s %d %s"
          .formatted(
              attributes.lastModifiedTime(),
              attributes.size(),
              Objects.toString(attributes.fileKey()));
    } catch (IOException e) {
      return "unreadable";
    }
  }
}
