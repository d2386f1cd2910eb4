package io.sysmonstm.plugin.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.jar.JarFile;

/**
 * The version of the contracts in {@code io.sysmonstm.spi}. The first number grows when a plugin
 * made for an earlier one no longer works; a plugin says in its manifest which it was made for.
 */
final class SpiVersion {
  static final int MAJOR = 1;

  static final String ATTRIBUTE = "Sysmonstm-Spi-Version";

  private SpiVersion() {}

  /** Why a jar does not fit to this host, empty where it does or says nothing. */
  static Optional<String> problem(Path jar) throws IOException {
    try (var file = new JarFile(jar.toFile())) {
      var manifest = file.getManifest();
      var version = manifest == null ? null : manifest.getMainAttributes().getValue(ATTRIBUTE);
      if (version == null || version.strip().split("\\.", 2)[0].equals(String.valueOf(MAJOR))) {
        return Optional.empty();
      }
      return Optional.of(
          "%s was made for version %s of the SPI, this host has %d: install a plugin made for %d"
              .formatted(jar.getFileName(), version, MAJOR, MAJOR));
    }
  }
}
