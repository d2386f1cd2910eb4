package io.sysmonstm.tls;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.nio.file.Path;
import java.util.List;

/**
 * The keys of a role's PEM files: {@code <role>.tls.certificate}, {@code .key} and {@code .trust}.
 * Immutable.
 *
 * @param certificate the own certificate
 * @param key its private key
 * @param trust whom to trust
 */
public record TlsSettings(Setting<Path> certificate, Setting<Path> key, Setting<Path> trust) {
  /**
   * {@return those of a role that listens}
   *
   * @param role the first part of the keys
   */
  public static TlsSettings ofServer(String role) {
    return new TlsSettings(
        Setting.path(
            role + ".tls.certificate",
            "The PEM file with the certificate to listen with, and those it was signed with."),
        Setting.path(role + ".tls.key", "The PEM file with the private key of that certificate."),
        Setting.path(
            role + ".tls.trust",
            "The PEM file with the authorities whose certificates clients may show."));
  }

  /**
   * {@return those of a role that connects}
   *
   * @param role the first part of the keys
   */
  public static TlsSettings ofClient(String role) {
    return new TlsSettings(
        Setting.path(
            role + ".tls.certificate",
            "The PEM file with the certificate to show to a server that asks for one."),
        Setting.path(role + ".tls.key", "The PEM file with the private key of that certificate."),
        Setting.path(
            role + ".tls.trust",
            "The PEM file with the authorities that sign the server's certificate; those of the"
                + " JVM unless given."));
  }

  /** {@return all three, to be declared by a provider} */
  public List<Setting<?>> all() {
    return List.of(certificate, key, trust);
  }

  /**
   * {@return the files that are configured, perhaps none}
   *
   * @param settings the values
   * @throws ConfigException where there is a certificate without a key, or the reverse
   */
  public TlsFiles files(Settings settings) {
    var ownCertificate = settings.find(certificate);
    var ownKey = settings.find(key);
    if (ownCertificate.isPresent() != ownKey.isPresent()) {
      throw new ConfigException(
          List.of(
              "%s is set and %s is not: expected both or none"
                  .formatted(
                      ownCertificate.isPresent() ? certificate.key() : key.key(),
                      ownCertificate.isPresent() ? key.key() : certificate.key())));
    }
    return new TlsFiles(ownCertificate, ownKey, settings.find(trust));
  }
}
