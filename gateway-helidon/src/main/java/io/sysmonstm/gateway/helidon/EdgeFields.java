package io.sysmonstm.gateway.helidon;

import io.sysmonstm.api.Glob;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The allow-list of what an edge relay gets: nothing leaves the house that is not on it. An entry
 * is the name of a metric, or {@code label:}, {@code alias:}, {@code tag:} or {@code resource:}
 * with a name, or {@code processes}, {@code alerts} or {@code alert-messages}. Names may have
 * {@code *}. Immutable.
 */
public final class EdgeFields {
  /** What is on the list unless another one is set: nothing that names anything. */
  public static final String DEFAULT =
      "cpu_percent,cpu_percent_per_core,cpu_logical_count,load_avg_*,memory_percent,"
          + "memory_used_bytes,memory_total_bytes,swap_percent,disk_percent,uptime_seconds,"
          + "label:core,alias:mount,resource:os,resource:arch,resource:logical_cpus,"
          + "resource:memory_bytes,alerts";

  /** What an entry may look like, for messages. */
  public static final String EXPECTED =
      "metric names such as cpu_percent or disk_*, label:NAME, alias:NAME, tag:NAME,"
          + " resource:NAME, processes, alerts and alert-messages, separated by commas";

  private static final String METRIC = "metric";
  private static final Set<String> KINDS = Set.of("label", "alias", "tag", "resource");
  private static final Set<String> WHOLE = Set.of("processes", "alerts", "alert-messages");
  private static final Set<String> RESOURCE =
      Set.of(
          "os",
          "os_version",
          "arch",
          "cpu_model",
          "logical_cpus",
          "memory_bytes",
          "boot_time",
          "collector_version");

  private final Map<String, List<Glob>> allowed;

  private EdgeFields(Map<String, List<Glob>> allowed) {
    this.allowed = allowed;
  }

  /** {@return the usual list} */
  public static EdgeFields usual() {
    return parse(DEFAULT).orElseThrow();
  }

  /**
   * {@return a list}
   *
   * @param text its entries, separated by commas
   */
  public static Optional<EdgeFields> parse(String text) {
    var allowed = new HashMap<String, List<Glob>>();
    for (var entry : text.split(",", -1)) {
      var field = entry.strip();
      if (field.isEmpty()) {
        continue;
      }
      int colon = field.indexOf(':');
      var kind = colon < 0 ? METRIC : field.substring(0, colon);
      var name = field.substring(colon + 1);
      if (colon < 0 && WHOLE.contains(field)) {
        kind = field;
      } else if (!isValid(kind, name)) {
        return Optional.empty();
      }
      allowed.merge(
          kind,
          List.of(Glob.of(name)),
          (old, more) -> Stream.concat(old.stream(), more.stream()).toList());
    }
    return Optional.of(new EdgeFields(Map.copyOf(allowed)));
  }

  private static boolean isValid(String kind, String name) {
    return switch (kind) {
      case METRIC -> name.matches("[a-z0-9_*?]{1,64}");
      case "resource" -> RESOURCE.stream().anyMatch(Glob.of(name)::matches);
      default -> KINDS.contains(kind) && name.matches("[^\\s:]{1,256}");
    };
  }

  /** {@return whether a thing is on the list} */
  private boolean allows(String kind, String name) {
    for (var glob : allowed.getOrDefault(kind, List.of())) {
      if (glob.matches(name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * {@return whether a metric may leave}
   *
   * @param metric its name
   */
  public boolean metric(String metric) {
    return allows(METRIC, metric);
  }

  /**
   * {@return whether values of a label may leave as they are}
   *
   * @param label its name
   */
  public boolean label(String label) {
    return allows("label", label);
  }

  /**
   * {@return whether values of a label may leave under an alias}
   *
   * @param label its name
   */
  public boolean alias(String label) {
    return allows("alias", label);
  }

  /**
   * {@return whether a tag may leave}
   *
   * @param tag its name
   */
  public boolean tag(String tag) {
    return allows("tag", tag);
  }

  /**
   * {@return whether a part of the inventory may leave}
   *
   * @param name as in the API, such as {@code cpu_model}
   */
  public boolean resource(String name) {
    return allows("resource", name);
  }

  /** {@return whether top processes may leave} */
  public boolean processes() {
    return allowed.containsKey("processes");
  }

  /** {@return whether alerts may leave: rule, severity, state, times, value and threshold} */
  public boolean alerts() {
    return allowed.containsKey("alerts");
  }

  /** {@return whether the messages of alerts may leave, which name machines} */
  public boolean alertMessages() {
    return allowed.containsKey("alert-messages");
  }
}
