package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.Setting;
import java.util.Optional;

/**
 * Where a role may listen: on this machine alone, or beyond it with TLS and authentication, or
 * beyond it without these where {@code allow-insecure} says so. Immutable.
 *
 * @param allowInsecure the value of {@code allow-insecure}
 */
public record ListenPolicy(boolean allowInsecure) {
  /**
   * {@return why a role must not listen at an address, empty where it may}
   *
   * @param setting the setting that gave the address
   * @param address where it would listen
   * @param secured whether connections are encrypted and clients have to authenticate
   */
  public Optional<String> problem(Setting<?> setting, Endpoint address, boolean secured) {
    return allowInsecure || isSafe(address, secured)
        ? Optional.empty()
        : Optional.of(
            "%s is '%s', which others can reach, without TLS and authentication: configure these,"
                    .formatted(setting, address)
                + " listen on 127.0.0.1, or set %s: true".formatted(HostSettings.ALLOW_INSECURE));
  }

  /**
   * {@return what to warn of where a role listens insecurely because it is allowed to, empty where
   * it does not}
   *
   * @param setting the setting that gave the address
   * @param address where it listens
   * @param secured whether connections are encrypted and clients have to authenticate
   */
  public Optional<String> warning(Setting<?> setting, Endpoint address, boolean secured) {
    return !allowInsecure || isSafe(address, secured)
        ? Optional.empty()
        : Optional.of(
            "%s is '%s': whoever reaches it can read and write, since %s is true"
                .formatted(setting, address, HostSettings.ALLOW_INSECURE));
  }

  private static boolean isSafe(Endpoint address, boolean secured) {
    return secured || address.isLoopback();
  }
}
