package io.sysmonstm.redis.client;

import io.lettuce.core.SslOptions;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;

/**
 * PEM files for connections by TLS, read anew for each connection.
 *
 * @param trust the certificates that sign the server's, where not those of the JVM
 * @param certificate what to show to a server that asks for it; needs a key
 * @param key the private key of the certificate, PKCS #8, not encrypted
 */
public record TlsFiles(Optional<Path> trust, Optional<Path> certificate, Optional<Path> key) {
  /** {@return no files: the server is verified as the JVM does, and shown nothing} */
  public static TlsFiles none() {
    return new TlsFiles(Optional.empty(), Optional.empty(), Optional.empty());
  }

  static TlsFiles of(Settings settings) {
    return new TlsFiles(
        settings.find(RedisSettings.TRUST),
        settings.find(RedisSettings.CERTIFICATE),
        settings.find(RedisSettings.KEY));
  }

  /** Refuses files that are not there, and half of a pair. */
  void check() {
    var problems = new ArrayList<String>();
    check(RedisSettings.TRUST, trust, problems);
    check(RedisSettings.CERTIFICATE, certificate, problems);
    check(RedisSettings.KEY, key, problems);
    if (certificate.isPresent() != key.isPresent()) {
      problems.add("redis.tls.certificate and redis.tls.key: expected both or none");
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  private static void check(
      Setting<Path> setting, Optional<Path> file, ArrayList<String> problems) {
    file.filter(path -> !Files.isReadable(path))
        .ifPresent(
            path ->
                problems.add(
                    "%s is %s: expected a readable PEM file".formatted(setting.key(), path)));
  }

  SslOptions options() {
    var options = SslOptions.builder().jdkSslProvider();
    trust.ifPresent(file -> options.trustManager(file.toFile()));
    if (certificate.isPresent() && key.isPresent()) {
      options.keyManager(certificate.get().toFile(), key.get().toFile(), new char[0]);
    }
    return options.build();
  }
}
