package io.sysmonstm.tls;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * PEM files. Immutable.
 *
 * @param certificate the own certificate, followed by those of the authorities between it and the
 *     root
 * @param key its private key, not encrypted; there where the certificate is
 * @param trust certificates of the authorities that the other side's has to come from; those of the
 *     JVM where there are none
 */
public record TlsFiles(Optional<Path> certificate, Optional<Path> key, Optional<Path> trust) {
  /**
   * Checks them against each other.
   *
   * @throws IllegalArgumentException where there is a certificate without a key, or the reverse
   */
  public TlsFiles {
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("certificate and key: expected both or none");
    }
  }

  /** {@return whether there is none} */
  public boolean isEmpty() {
    return certificate.isEmpty() && trust.isEmpty();
  }

  List<Path> all() {
    return Stream.of(certificate, key, trust).flatMap(Optional::stream).toList();
  }
}
