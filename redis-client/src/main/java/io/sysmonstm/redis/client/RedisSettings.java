package io.sysmonstm.redis.client;

import io.lettuce.core.RedisURI;
import io.sysmonstm.spi.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The settings of all plugins that use Redis. */
public final class RedisSettings {
  /** Where the server is, with credentials. */
  public static final Setting<RedisURI> URL =
      Setting.of(
              "redis.url",
              "The Redis or Valkey server, with user and password where it wants them.",
              "redis://[[user]:password@]host[:port][/database], rediss:// for TLS",
              RedisSettings::parse)
          .withDefault("redis://localhost:6379")
          .asSecret();

  /** Whom to trust. */
  public static final Setting<Path> TRUST =
      Setting.path(
          "redis.tls.trust",
          "The PEM file with the certificates that sign Redis's; those of the JVM unless given.");

  /** What to show to a server that asks. */
  public static final Setting<Path> CERTIFICATE =
      Setting.path(
          "redis.tls.certificate",
          "The PEM file with the certificate for a Redis that asks clients for one.");

  /** What proves it. */
  public static final Setting<Path> KEY =
      Setting.path("redis.tls.key", "The PEM file with the private key of that certificate.");

  private RedisSettings() {}

  /**
   * {@return all of them, and those of a plugin}
   *
   * @param own what only this plugin reads
   */
  public static List<Setting<?>> and(Setting<?>... own) {
    var all = new ArrayList<Setting<?>>(List.of(URL, TRUST, CERTIFICATE, KEY));
    Collections.addAll(all, own);
    return List.copyOf(all);
  }

  private static Optional<RedisURI> parse(String text) {
    var url = text.strip();
    if (!url.startsWith("redis://") && !url.startsWith("rediss://")) {
      return Optional.empty();
    }
    try {
      var uri = RedisURI.create(url);
      return uri.getHost() == null || uri.getHost().isEmpty() ? Optional.empty() : Optional.of(uri);
    } catch (RuntimeException notAUrl) {
      return Optional.empty();
    }
  }
}
