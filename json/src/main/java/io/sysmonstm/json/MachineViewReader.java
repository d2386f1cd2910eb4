package io.sysmonstm.json;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.TopProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Machine of the API while it is read. Confined to one thread. */
final class MachineViewReader {
  private static final int MAX_SERIES = 2_000;
  private static final int MAX_ALERTS = 256;

  private final ValueReader in;
  private final ResourceReader resource;
  private final List<Sample> samples = new ArrayList<>();
  private final List<String> alerts = new ArrayList<>();
  private String machineId = "";
  private Optional<MachineStatus> status = Optional.empty();
  private Optional<Instant> statusSince = Optional.empty();
  private Optional<Instant> lastSeen = Optional.empty();
  private List<TopProcess> processes = List.of();
  private String metric = "";
  private Labels labels = Labels.empty();
  private double value = Double.NaN;

  private MachineViewReader(ValueReader in) {
    this.in = in;
    this.resource = new ResourceReader(in);
  }

  static MachineView read(ValueReader in) {
    var reader = new MachineViewReader(in);
    in.object(reader::property);
    return reader.build();
  }

  private void property(String name) {
    switch (name) {
      case "machine_id" -> machineId = in.machineId();
      case "hostname", "tags" -> resource.property(name);
      case "status" -> status = Optional.of(in.oneOf(MachineStatus.values(), MachineStatus::text));
      case "status_since" -> statusSince = Optional.of(in.time());
      case "last_seen" -> lastSeen = Optional.of(in.time());
      case "resource" -> in.object(resource::property);
      case "metrics" -> in.array(this::sample);
      case "processes" -> processes = ProcessReader.read(in);
      case "alerts" -> in.array(this::alert);
      default -> in.skip();
    }
  }

  private void alert() {
    if (alerts.size() == MAX_ALERTS) {
      throw in.unexpected("at most %d alerts".formatted(MAX_ALERTS));
    }
    alerts.add(in.text());
  }

  private void sample() {
    metric = "";
    labels = Labels.empty();
    value = Double.NaN;
    in.object(this::sampleProperty);
    Names.metricProblem(metric)
        .ifPresent(
            problem -> {
              throw new Unreadable(problem);
            });
    if (samples.size() == MAX_SERIES) {
      throw new Unreadable("more than %d series".formatted(MAX_SERIES));
    }
    if (Double.isNaN(value)) {
      throw new Unreadable("metric %s without value".formatted(metric));
    }
    // When a sample was observed is not part of the form.
    samples.add(new Sample(metric, labels, Instant.EPOCH, value));
  }

  private void sampleProperty(String name) {
    switch (name) {
      case "metric" -> metric = in.text();
      case "labels" -> labels = in.labels();
      case "value" -> value = in.finite();
      default -> in.skip();
    }
  }

  private MachineView build() {
    if (machineId.isEmpty()) {
      throw missing("machine_id");
    }
    var state =
        new MachineState(
            machineId,
            resource.build(),
            lastSeen.orElseThrow(() -> missing("last_seen")),
            Duration.ZERO,
            samples,
            processes);
    return new MachineView(state, status.orElseThrow(() -> missing("status")), statusSince, alerts);
  }

  private static Unreadable missing(String name) {
    return new Unreadable("machine without " + name);
  }
}
