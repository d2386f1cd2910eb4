package io.sysmonstm.gateway.helidon.internal.http;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
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
import io.sysmonstm.web.helidon.internal.http.Gzip;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * {@code /metrics}, for Prometheus: in OpenMetrics where that is accepted, in its text format
 * otherwise. Values of machines that are down are left out, so that their series end, as those of a
 * target end that cannot be scraped.
 */
final class Exposition {
  private static final EventLog LOG = EventLog.of(Exposition.class);
  private static final String PREFIX = "sysmonstm_";
  private static final String SELF = PREFIX + "self_";
  private static final String MACHINE = "machine";
  // Metrics that applications may send, but that would pass for what the gateway itself says.
  private static final Pattern RESERVED = Pattern.compile("self_.*|machine_(up|info|last_seen_.*)");
  private static final Pattern NO_NAME = Pattern.compile("[^A-Za-z0-9_]");
  private static final ExpositionFormatWriter TEXT = PrometheusTextFormatWriter.create();
  private static final ExpositionFormatWriter OPEN_METRICS = OpenMetricsTextFormatWriter.create();

  private final CurrentState state;
  private final SelfMetrics self;

  Exposition(CurrentState state, SelfMetrics self) {
    this.state = state;
    this.self = self;
  }

  List<Route> routes() {
    return List.of(Route.of(Right.READ, "GET", "/metrics", this::answer));
  }

  /** A metric as it is exposed. */
  private record Exposed(String name, MetricKind kind, String help, boolean reserved) {
    static Exposed of(String metric) {
      var known = MetricRegistry.builtIn().find(metric);
      return new Exposed(
          PREFIX + metric,
          known.map(one -> one.kind()).orElse(MetricKind.GAUGE),
          known.map(one -> one.help()).orElse(""),
          RESERVED.matcher(metric).matches());
    }
  }

  private Answer answer(Call call) {
    var families = new MetricFamilies();
    var metrics = new HashMap<String, Exposed>();
    try {
      for (var machine : state.machines()) {
        describe(families, machine.state(), machine.status());
        if (machine.status() != MachineStatus.DOWN) {
          add(families, metrics, machine.state());
        }
      }
    } catch (SysmonstmException e) {
      // What we count of ourselves is needed most when something fails.
      LOG.warn("exposition_incomplete", "exposing no machines", e);
    }
    for (var reading : self.collect()) {
      families.add(
          SELF + reading.name(),
          reading.kind(),
          reading.help(),
          MetricFamilies.legal(Labels.EMPTY, reading.labels().asMap()),
          reading.value());
    }
    return Gzip.compress(call, write(families.snapshots(), call.header("Accept").orElse("")))
        .with("Cache-Control", "no-store");
  }

  private static void describe(
      MetricFamilies families, MachineState machine, MachineStatus status) {
    var resource = machine.resource();
    var labels = Labels.of(MACHINE, machine.machineId(), "hostname", resource.hostname());
    families.add(
        PREFIX + "machine_up",
        MetricKind.GAUGE,
        "Whether the machine is heard from: 1 while it is up or stale, 0 while it is down.",
        labels,
        status == MachineStatus.DOWN ? 0 : 1);
    families.add(
        PREFIX + "machine_last_seen_timestamp_seconds",
        MetricKind.GAUGE,
        "When the last batch of the machine was received, as Unix time.",
        labels,
        machine.lastSeen().toEpochMilli() / 1e3);
    var more = new LinkedHashMap<String, String>();
    more.put("os", resource.os());
    more.put("arch", resource.arch());
    more.put("collector_version", resource.collectorVersion());
    resource
        .tags()
        .forEach(
            (name, value) ->
                more.putIfAbsent("tag_" + NO_NAME.matcher(name).replaceAll("_"), value));
    families.add(
        PREFIX + "machine_info",
        MetricKind.GAUGE,
        "What the machine is; tags are labels that begin with tag_.",
        labels.merge(MetricFamilies.legal(labels, more)),
        1);
  }

  private static void add(
      MetricFamilies families, Map<String, Exposed> metrics, MachineState machine) {
    var identity = Labels.of(MACHINE, machine.machineId());
    for (Sample sample : machine.samples()) {
      var exposed = metrics.computeIfAbsent(sample.metric(), Exposed::of);
      if (!exposed.reserved) {
        families.add(
            exposed.name,
            exposed.kind,
            exposed.help,
            families.labels(identity, sample.labels()),
            sample.value());
      }
    }
  }

  private static Answer write(MetricSnapshots snapshots, String accept) {
    boolean open = OPEN_METRICS.accepts(accept);
    var writer = open ? OPEN_METRICS : TEXT;
    var escaping = EscapingScheme.fromAcceptHeader(accept);
    var out = new ByteArrayOutputStream();
    try {
      writer.write(out, snapshots, escaping);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var type = writer.getContentType();
    if (!open && accept.contains("version=1.0.0")) {
      // The same text, to a scraper that takes more names in it.
      type = type.replace("version=0.0.4", "version=1.0.0");
    }
    return Answer.of(200, type + escaping.toHeaderFormat(), out.toByteArray());
  }
}
