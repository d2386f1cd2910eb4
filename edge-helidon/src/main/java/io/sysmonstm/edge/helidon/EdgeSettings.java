package io.sysmonstm.edge.helidon;

import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.Setting;
import java.net.InetSocketAddress;
import java.util.List;

/** The settings of an edge relay, for hosts that configure one. */
public final class EdgeSettings {
  /** Where it listens; the address is not resolved yet. */
  public static final Setting<InetSocketAddress> LISTEN =
      Setting.of(
              "edge.listen",
              "The address that the edge relay listens on.",
              "host:port, for example 127.0.0.1:8080",
              text ->
                  Endpoint.parseListen(text)
                      .map(at -> InetSocketAddress.createUnresolved(at.host(), at.port())))
          .withDefault("127.0.0.1:8080");

  /** What a gateway has to know to publish here. */
  public static final Setting<String> PUBLISH_TOKEN =
      Setting.text(
              "edge.publish-token",
              "The secret that the gateway publishes with, its gateway.edge-token. Required.")
          .asSecret();

  /** How many viewers it serves at once. */
  public static final Setting<Integer> MAX_VIEWERS =
      Setting.number("edge.max-viewers", "The most viewers at one time.", 1, 100_000)
          .withDefault("1000");

  /** How many of these may come from one address. */
  public static final Setting<Integer> MAX_VIEWERS_PER_ADDRESS =
      Setting.number(
              "edge.max-viewers-per-address",
              "The most viewers of one address, of IPv6 one /64; loopback is exempt.",
              1,
              100_000)
          .withDefault("20");

  /** How many machines it shows. */
  public static final Setting<Integer> MAX_MACHINES =
      Setting.number("edge.max-machines", "The most machines that are shown.", 1, 100_000)
          .withDefault("1000");

  /** By which names, beside the address it listens on and localhost, it may be called. */
  public static final Setting<List<String>> ALLOWED_HOSTS =
      Setting.list(
              "edge.allowed-hosts",
              "Host names that requests may name beside the listen address and localhost.")
          .withDefault("");

  /** Which origins, beside its own, may open its WebSocket. */
  public static final Setting<List<String>> ALLOWED_ORIGINS =
      Setting.list(
              "edge.allowed-origins",
              "Origins such as https://example.org whose pages may show the live view.")
          .withDefault("");

  /** Whose word counts on where a viewer comes from. */
  public static final Setting<List<String>> TRUSTED_PROXIES =
      Setting.list(
              "edge.trusted-proxies",
              "Addresses of proxies, such as 10.0.0.0/8, whose X-Forwarded-For is believed.")
          .withDefault("");

  private EdgeSettings() {}

  /** {@return all of them} */
  public static List<Setting<?>> all() {
    return List.of(
        LISTEN,
        PUBLISH_TOKEN,
        MAX_VIEWERS,
        MAX_VIEWERS_PER_ADDRESS,
        MAX_MACHINES,
        ALLOWED_HOSTS,
        ALLOWED_ORIGINS,
        TRUSTED_PROXIES);
  }
}
