package io.sysmonstm.distributions;

import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.Setting;
import java.util.List;

/** The configuration keys that several roles read. */
final class RoleKeys {
  static final String TRANSPORT = "grpc";
  static final String NOTIFIERS = "alerts.notifiers";

  /** Declared by the transport; here only to be checked. */
  static final Setting<Endpoint> AGGREGATOR_LISTEN =
      Endpoint.listen("aggregator.listen", "Where collectors send to.");

  /** Declared by the gateway; here only to be checked. */
  static final Setting<Endpoint> GATEWAY_LISTEN =
      Endpoint.listen("gateway.listen", "Where the page is.");

  /** Declared by the edge relay; here only to be checked. */
  static final Setting<Endpoint> EDGE_LISTEN =
      Endpoint.listen("edge.listen", "Where the public page is.");

  static final Setting<String> CURRENT_STORE =
      Setting.text("current.store", "Where the newest state is kept.").withDefault("embedded");

  static final Setting<String> HISTORY_STORE =
      Setting.text("history.store", "Where history, alerts, rules, and who may come in, are kept.")
          .withDefault("embedded");

  static final Setting<String> EVENTS_BUS =
      Setting.text("events.bus", "What carries events.").withDefault("local");

  static final Setting<String> SINGLE_SIGN_ON =
      Setting.text(
              "gateway.single-sign-on",
              "What vouches for people who have no password here; used where it is configured.")
          .withDefault("oidc");

  /** Declared by the plugin; here only to see whether it is configured. */
  static final List<Setting<String>> OIDC =
      List.of(
          Setting.text("gateway.oidc.issuer", "The OpenID provider."),
          Setting.text("gateway.oidc.client-id", "What it knows the gateway by."));

  private RoleKeys() {}
}
