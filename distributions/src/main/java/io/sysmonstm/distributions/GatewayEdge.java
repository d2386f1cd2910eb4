package io.sysmonstm.distributions;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.gateway.helidon.EdgeTarget;
import io.sysmonstm.gateway.helidon.GatewaySettings;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.tls.TlsFileWatch;
import io.sysmonstm.tls.TlsFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** What the configuration of a gateway says of its edge relay. */
final class GatewayEdge {
  /** Other names of two keys, so that one environment serves gateway and edge. */
  static final Setting<URI> URL = GatewaySettings.edgeUrl("edge.url");

  static final Setting<String> TOKEN =
      Setting.text("edge.publish-token", "The same as gateway.edge-token.").asSecret();

  private static final String KEY_FILE = "edge-alias.key";
  private static final int KEY_BYTES = 32;

  private GatewayEdge() {}

  static Optional<EdgeTarget> target(RoleContext context, Lifecycle lifecycle) {
    var settings = context.settings();
    var url = settings.find(GatewaySettings.EDGE_URL).or(() -> settings.find(URL));
    if (url.isEmpty()) {
      return Optional.empty();
    }
    var token =
        settings
            .find(GatewaySettings.EDGE_TOKEN)
            .or(() -> settings.find(TOKEN))
            .orElseThrow(
                () ->
                    new ConfigException(
                        List.of(
                            "%s is set and %s is not: expected the edge's edge.publish-token"
                                .formatted(GatewaySettings.EDGE_URL, GatewaySettings.EDGE_TOKEN))));
    var target =
        EdgeTarget.of(url.get(), token)
            .fields(settings.get(GatewaySettings.EDGE_FIELDS))
            .hideHostnames(settings.get(GatewaySettings.EDGE_HIDE_HOSTNAMES))
            .aliasKey(aliasKey(context.host().dataDirectory()));
    settings
        .find(GatewaySettings.EDGE_TRUST)
        .ifPresent(file -> target.tls(trusting(context, lifecycle, file)));
    return Optional.of(target);
  }

  private static SSLContext trusting(RoleContext context, Lifecycle lifecycle, Path file) {
    var files = new TlsFiles(Optional.empty(), Optional.empty(), Optional.of(file));
    var host = context.host();
    var watch = TlsFileWatch.open("edge", files, host.time(), host.metrics());
    return lifecycle.own("edge trust", watch).follow(host.executor()).tls().context();
  }

  // The same after a restart, so that an alias stays what it was.
  private static byte[] aliasKey(Path directory) {
    var file = directory.resolve(KEY_FILE);
    try {
      if (!Files.exists(file)) {
        write(file);
      }
      var key = Files.readAllBytes(file);
      if (key.length == KEY_BYTES) {
        return key;
      }
      throw new ConfigException(
          List.of(
              "%s has %d bytes: expected %d; delete it, and aliases begin anew"
                  .formatted(file, key.length, KEY_BYTES)));
    } catch (IOException e) {
      throw new ConfigException(
          List.of("%s cannot be read or made (%s)".formatted(file, e.getMessage())));
    }
  }

  private static void write(Path file) throws IOException {
    var key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    var privately =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Path draft;
    try {
      draft = Files.createTempFile(file.getParent(), KEY_FILE, ".new", privately);
    } catch (UnsupportedOperationException notPosix) {
      draft = Files.createTempFile(file.getParent(), KEY_FILE, ".new");
    }
    Files.write(draft, key);
    try {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException another) {
      Files.delete(draft);
    }
  }
}
