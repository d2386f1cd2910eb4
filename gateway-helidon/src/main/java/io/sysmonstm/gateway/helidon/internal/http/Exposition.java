package io.sysmonstm.gateway.helidon.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.MetricKind;
import io.sysmonstm.api.MetricRegistry;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code /metrics}: the Prometheus text exposition, version 1.0.0. The newest values of machines
 * that are down are left out, as a scrape of them would fail. Written here and not by the
 * Prometheus client, which refuses names that our contract allows (a gauge in {@code _total} or
 * {@code _info}) and renames counters.
 */
final class Exposition {
  private static final EventLog LOG = EventLog.of(Exposition.class);
  private static final String MACHINE = "machine";

  private record Family(String help, MetricKind kind, StringBuilder lines) {}

  private final CurrentState state;
  private final SelfMetrics self;

  Exposition(CurrentState state, SelfMetrics self) {
    this.state = state;
    this.self = self;
  }

  List<Route> routes() {
    return List.of(Route.of(Right.READ, "GET", "/metrics", this::answer));
  }

  private Answer answer(Call call) {
    // Only a scraper that says so copes with label names beyond letters, digits and underscores.
    boolean anyName =
        call.header("Accept").filter(a -> a.contains("escaping=allow-utf-8")).isPresent();
    var families = new TreeMap<String, Family>();
    try {
      for (var machine : state.machines()) {
        if (state.live().status(machine) != MachineStatus.DOWN) {
          add(families, machine, anyName);
        }
      }
    } catch (SysmonstmException e) {
      // What we count of ourselves is needed most when something fails.
      LOG.warn("exposition_incomplete", "exposing no machines", e);
    }
    for (var reading : self.collect()) {
      var lines =
          family(families, "sysmonstm_self_" + reading.name(), reading.help(), reading.kind());
      line(
          lines,
          "sysmonstm_self_" + reading.name(),
          labels(Map.of(), reading.labels(), anyName),
          reading.value());
    }
    return Answer.of(
        200,
        "text/plain; version=1.0.0; charset=utf-8; escaping="
            + (anyName ? "allow-utf-8" : "underscores"),
        text(families).getBytes(UTF_8));
  }

  private static void add(Map<String, Family> families, MachineState machine, boolean anyName) {
    var identity = Map.of(MACHINE, machine.machineId());
    for (Sample sample : machine.samples()) {
      var name = "sysmonstm_" + sample.metric();
      var metric = MetricRegistry.builtIn().find(sample.metric());
      var lines =
          family(
              families,
              name,
              metric.map(known -> known.help()).orElse(""),
              metric.map(known -> known.kind()).orElse(MetricKind.GAUGE));
      line(lines, name, labels(identity, sample.labels(), anyName), sample.value());
    }
  }

  private static StringBuilder family(
      Map<String, Family> families, String name, String help, MetricKind kind) {
    return families
        .computeIfAbsent(name, key -> new Family(help, kind, new StringBuilder()))
        .lines();
  }

  private static void line(
      StringBuilder lines, String name, Map<String, String> labels, double value) {
    lines.append(name);
    if (!labels.isEmpty()) {
      var separator = '{';
      for (var label : labels.entrySet()) {
        lines.append(separator).append(label.getKey()).append("=\"");
        escape(lines, label.getValue(), true);
        lines.append('"');
        separator = ',';
      }
      lines.append('}');
    }
    lines.append(' ').append(number(value)).append('\n');
  }

  private static Map<String, String> labels(
      Map<String, String> identity, Labels labels, boolean anyName) {
    var all = new LinkedHashMap<>(identity);
    labels
        .asMap()
        .forEach(
            (name, value) -> {
              var unique = identity.containsKey(name) ? "exported_" + name : name;
              all.putIfAbsent(labelName(unique, anyName), value);
            });
    return all;
  }

  private static String labelName(String name, boolean anyName) {
    if (name.indexOf('.') < 0) {
      return name;
    }
    return anyName ? '"' + name + '"' : name.replace('.', '_');
  }

  private static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private static String text(Map<String, Family> families) {
    var text = new StringBuilder();
    families.forEach(
        (name, family) -> {
          if (!family.help.isEmpty()) {
            text.append("# HELP ").append(name).append(' ');
            escape(text, family.help, false);
            text.append('\n');
          }
          text.append("# TYPE ").append(name).append(' ').append(type(family.kind)).append('\n');
          text.append(family.lines);
        });
    return text.toString();
  }

  private static String type(MetricKind kind) {
    return switch (kind) {
      case GAUGE -> "gauge";
      case COUNTER -> "counter";
    };
  }

  private static void escape(StringBuilder out, String text, boolean quoted) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '"' -> out.append(quoted ? "\\\"" : "\"");
        default -> out.append(c);
      }
    }
  }
}
