package io.sysmonstm.redis.client;

import io.lettuce.core.RedisURI;
import io.sysmonstm.spi.Setting;
import java.nio.file.Path;
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

  private RedisSettings() {}

  /** {@return all of them} */
  public static List<Setting<?>> all() {
    return List.of(URL, TRUST);
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
