package io.sysmonstm.gateway.helidon;

import io.sysmonstm.api.Durations;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.web.helidon.internal.net.ClientAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The settings of a gateway, for hosts that configure one. */
public final class GatewaySettings {
  /** Where it listens; the address is not resolved yet. */
  public static final Setting<InetSocketAddress> LISTEN =
      Setting.of(
              "gateway.listen",
              "The address that the gateway listens on.",
              "host:port, for example 127.0.0.1:8000",
              GatewaySettings::parseAddress)
          .withDefault("127.0.0.1:8000");

  /** How many WebSocket viewers it serves at once. */
  public static final Setting<Integer> MAX_VIEWERS =
      Setting.number("gateway.max-viewers", "The most WebSocket viewers at one time.", 1, 100_000)
          .withDefault("1000");

  /** How many machines the live view keeps. */
  public static final Setting<Integer> MAX_MACHINES =
      Setting.number(
              "gateway.max-machines", "The most machines that the live view keeps.", 1, 1_000_000)
          .withDefault("10000");

  /** When a machine is gone for good. */
  public static final Setting<Duration> FORGET_AFTER =
      Setting.of(
              "gateway.forget-after",
              "After how long a silence a machine is forgotten, as if somebody had removed it.",
              "a duration such as 30d, from 1h to 100y",
              text -> Durations.parse(text).filter(GatewaySettings::endsSilence))
          .withDefault("30d");

  /** By which names, beside the address it listens on and localhost, it may be called. */
  public static final Setting<List<String>> ALLOWED_HOSTS =
      Setting.list(
              "gateway.allowed-hosts",
              "Host names that requests may name beside the listen address and localhost.")
          .withDefault("");

  /** Which origins, beside its own, may change things and open the WebSocket. */
  public static final Setting<List<String>> ALLOWED_ORIGINS =
      Setting.list(
              "gateway.allowed-origins",
              "Origins such as https://example.org that may use the API from a browser.")
          .withDefault("");

  /** Who needs a login. */
  public static final Setting<LoginMode> LOGIN =
      Setting.of(
              "gateway.login",
              "Who needs a login: auto asks for one as soon as there is an account, or others can reach the gateway, through a proxy too.",
              "auto, required or off",
              LoginMode::parse)
          .withDefault("auto");

  /** Whose word on the address of a client counts. */
  public static final Setting<List<String>> TRUSTED_PROXIES =
      Setting.of(
              "gateway.trusted-proxies",
              "Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto count.",
              "addresses or networks such as 10.0.0.7 or 10.0.0.0/8, separated by commas",
              GatewaySettings::parseProxies)
          .withDefault("");

  /** The aggregator whose reachability readiness tells. */
  public static final Setting<String> AGGREGATOR_URL =
      Setting.of(
              "gateway.aggregator-url",
              "The aggregator that readiness is checked of.",
              "host:port, or https://host:port for TLS",
              text ->
                  Endpoint.parse(text).isPresent() ? Optional.of(text.strip()) : Optional.empty())
          .withDefault("localhost:50051");

  /** Whom an {@code https} aggregator is verified by. */
  public static final Setting<Path> AGGREGATOR_TRUST =
      Setting.path(
          "gateway.aggregator-trust",
          "The PEM file with the authorities that sign the certificate of the aggregator; unless"
              + " given the one that aggregators have put into the store, else those of the JVM.");

  /** The edge relay that is told what it may show. */
  public static final Setting<URI> EDGE_URL = edgeUrl("gateway.edge-url");

  /** What the edge relay knows this gateway by. */
  public static final Setting<String> EDGE_TOKEN =
      Setting.text("gateway.edge-token", "The edge's edge.publish-token.").asSecret();

  /** What may leave for the edge relay. */
  public static final Setting<EdgeFields> EDGE_FIELDS =
      Setting.of(
              "gateway.edge.fields",
              "The allow-list of what leaves for the edge relay.",
              EdgeFields.EXPECTED,
              EdgeFields::parse)
          .withDefault(EdgeFields.DEFAULT);

  /** Whether machines leave under an alias. */
  public static final Setting<Boolean> EDGE_HIDE_HOSTNAMES =
      Setting.flag(
              "gateway.edge.hide-hostnames",
              "Whether the edge relay gets aliases in place of host names and machine ids.")
          .withDefault("false");

  /** Whom a wss edge is verified by. */
  public static final Setting<Path> EDGE_TRUST =
      Setting.path(
          "gateway.edge.trust",
          "The PEM file with the authorities that sign the certificate of the edge relay; those of"
              + " the JVM unless given.");

  private static final Duration SHORTEST_SILENCE = Duration.ofHours(1);
  private static final Duration LONGEST_SILENCE = Duration.ofDays(36_500);

  private GatewaySettings() {}

  /**
   * {@return a setting of the address of an edge relay}
   *
   * @param key its key
   */
  public static Setting<URI> edgeUrl(String key) {
    return Setting.of(
        key,
        "The edge relay that is told what it may show.",
        "ws://host:port or wss://host:port",
        EdgeTarget::parse);
  }

  /** {@return all of them} */
  public static List<Setting<?>> all() {
    return List.of(
        LISTEN,
        LOGIN,
        TRUSTED_PROXIES,
        MAX_VIEWERS,
        MAX_MACHINES,
        FORGET_AFTER,
        ALLOWED_HOSTS,
        ALLOWED_ORIGINS,
        AGGREGATOR_URL,
        AGGREGATOR_TRUST,
        EDGE_URL,
        EDGE_TOKEN,
        EDGE_FIELDS,
        EDGE_HIDE_HOSTNAMES,
        EDGE_TRUST);
  }

  private static boolean endsSilence(Duration span) {
    return span.compareTo(SHORTEST_SILENCE) >= 0 && span.compareTo(LONGEST_SILENCE) <= 0;
  }

  private static Optional<List<String>> parseProxies(String text) {
    var proxies =
        Stream.of(text.split(",", -1)).map(String::strip).filter(one -> !one.isEmpty()).toList();
    return proxies.stream().allMatch(one -> ClientAddress.Network.parse(one).isPresent())
        ? Optional.of(proxies)
        : Optional.empty();
  }

  private static Optional<InetSocketAddress> parseAddress(String text) {
    return Endpoint.parseListen(text)
        .map(address -> InetSocketAddress.createUnresolved(address.host(), address.port()));
  }
}
