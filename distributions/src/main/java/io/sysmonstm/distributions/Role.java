package io.sysmonstm.distributions;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Names;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.RoleSettings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a process does for as long as it runs. An image holds one role or all; the classes of a role
 * are touched only where its modules are there.
 */
enum Role {
  STANDALONE(
      "Runs everything in one process; the page is on http://localhost:8000.",
      "io.sysmonstm.collector.core",
      "io.sysmonstm.aggregator.core",
      "io.sysmonstm.alerts.engine",
      "io.sysmonstm.gateway.helidon"),
  COLLECTOR(
      "Reads this machine's sensors and sends them to an aggregator.",
      "io.sysmonstm.collector.core"),
  AGGREGATOR(
      "Takes what collectors send, keeps it, and tells the others of it.",
      "io.sysmonstm.aggregator.core"),
  // The gateway's image has the engine too, which replays rules; notifiers it has not.
  ALERTS(
      "Evaluates rules on what comes in, and notifies.",
      "io.sysmonstm.alerts.engine",
      "io.sysmonstm.notifier.webhook"),
  GATEWAY("Serves the page, its live frames and the API.", "io.sysmonstm.gateway.helidon"),
  EDGE("Shows the world what a gateway publishes, read-only.", "io.sysmonstm.edge.helidon");

  private final String summary;

  @SuppressWarnings("ImmutableEnumChecker") // a copy that cannot be changed
  private final List<String> modules;

  Role(String summary, String... modules) {
    this.summary = summary;
    this.modules = List.of(modules);
  }

  /** Returns the command that runs it, which is the prefix of its keys too. */
  String command() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns one sentence for people. */
  String summary() {
    return summary;
  }

  /** Returns whether this image holds it. */
  boolean isHere() {
    var layer = Role.class.getModule().getLayer();
    return layer == null || modules.stream().allMatch(name -> layer.findModule(name).isPresent());
  }

  static Optional<Role> of(String command) {
    return Stream.of(values()).filter(role -> role.command().equals(command)).findFirst();
  }

  /** Returns the role of a name, which must be one that is here. */
  static Role named(String command) {
    return of(command)
        .filter(Role::isHere)
        .orElseThrow(
            () ->
                new ConfigException(
                    List.of(
                        of(command).isPresent()
                            ? "the role %s is not in this image: expected %s, or use the image of %s"
                                .formatted(command, commands(), command)
                            : "role '%s' is not known: expected %s"
                                .formatted(Names.shown(command), commands()))));
  }

  /** Returns the roles that are here, for people: {@code alerts or gateway}. */
  static String commands() {
    return here().stream().map(Role::command).collect(Collectors.joining(" or "));
  }

  static List<Role> here() {
    return Stream.of(values()).filter(Role::isHere).toList();
  }

  /** Returns what it reads of the configuration. */
  RoleSettings settings() {
    return switch (this) {
      case STANDALONE -> Standalone.SETTINGS;
      case COLLECTOR -> CollectorRole.SETTINGS;
      case AGGREGATOR -> AggregatorRole.SETTINGS;
      case ALERTS -> AlertsRole.ALONE;
      case GATEWAY -> GatewayRole.SETTINGS;
      case EDGE -> EdgeRole.SETTINGS;
    };
  }

  /** Starts its parts; returns when all run. */
  void start(RoleContext context, Lifecycle lifecycle) {
    switch (this) {
      case STANDALONE -> new Standalone(context, lifecycle).start();
      case COLLECTOR -> CollectorRole.start(context, lifecycle);
      case AGGREGATOR -> AggregatorRole.start(context, lifecycle);
      case ALERTS -> AlertsRole.start(context, lifecycle);
      case GATEWAY -> GatewayRole.start(context, lifecycle);
      case EDGE -> EdgeRole.start(context, lifecycle);
    }
  }
}
