package io.sysmonstm.gateway.helidon.internal.edge;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.gateway.helidon.EdgeFields;
import io.sysmonstm.json.MachineView;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of a machine or an alert leaves the house: what is on the allow-list, and no more. Built
 * from nothing, so that a field that is new stays at home until somebody thinks of it here.
 * Thread-safe.
 */
public final class Disclosure {
  private final EdgeFields fields;
  private final boolean hideHostnames;
  private final Aliases aliases;

  private record Key(String metric, Labels labels) {}

  /**
   * Creates a filter.
   *
   * @param fields the allow-list
   * @param hideHostnames whether machines leave under an alias
   * @param aliases the aliases
   */
  public Disclosure(EdgeFields fields, boolean hideHostnames, Aliases aliases) {
    this.fields = fields;
    this.hideHostnames = hideHostnames;
    this.aliases = aliases;
  }

  /** {@return what of a machine leaves} */
  MachineView of(MachineView machine) {
    var state = machine.state();
    var id = machineId(state.machineId());
    var resource = resource(state.resource(), id);
    var processes = fields.processes() ? state.processes() : List.<TopProcess>of();
    var alerts =
        fields.alerts() ? machine.alerts().stream().map(this::alertId).toList() : List.<String>of();
    return new MachineView(
        new MachineState(
            id,
            resource,
            state.lastSeen(),
            state.interval(),
            samples(state.machineId(), state.samples()),
            processes),
        machine.status(),
        machine.statusSince(),
        alerts);
  }

  private String machineId(String id) {
    return hideHostnames ? aliases.of("host", id) : id;
  }

  // An engine may make ids that name the machine.
  private String alertId(String id) {
    return aliases.of("alert", id);
  }

  private Resource resource(Resource from, String id) {
    var to = Resource.builder(hideHostnames ? id : from.hostname());
    if (fields.resource("os")) {
      to.os(from.os());
    }
    if (fields.resource("os_version")) {
      to.osVersion(from.osVersion());
    }
    if (fields.resource("arch")) {
      to.arch(from.arch());
    }
    if (fields.resource("cpu_model")) {
      to.cpuModel(from.cpuModel());
    }
    if (fields.resource("logical_cpus")) {
      to.logicalCpus(from.logicalCpus());
    }
    if (fields.resource("memory_bytes")) {
      to.memoryBytes(from.memoryBytes());
    }
    if (fields.resource("boot_time")) {
      from.bootTime().ifPresent(to::bootTime);
    }
    if (fields.resource("collector_version")) {
      to.collectorVersion(from.collectorVersion());
    }
    var tags = new LinkedHashMap<String, String>();
    from.tags()
        .forEach(
            (name, value) -> {
              if (fields.tag(name)) {
                tags.put(name, value);
              }
            });
    return to.tags(tags).build();
  }

  // Series that cannot be told apart by the labels that may leave all stay at home: one of them
  // under the name of all would be a wrong reading.
  private List<Sample> samples(String machineId, List<Sample> from) {
    var shown = new LinkedHashMap<Key, Sample>();
    Set<Key> ambiguous = new HashSet<>();
    for (var sample : from) {
      if (fields.metric(sample.metric())) {
        var labels = labels(machineId, sample.labels());
        var key = new Key(sample.metric(), labels);
        var seen =
            shown.put(
                key, new Sample(sample.metric(), labels, sample.observedAt(), sample.value()));
        if (seen != null) {
          ambiguous.add(key);
        }
      }
    }
    shown.keySet().removeAll(ambiguous);
    return List.copyOf(shown.values());
  }

  private Labels labels(String machineId, Labels from) {
    if (from.size() == 0) {
      return from;
    }
    var to = new LinkedHashMap<String, String>();
    for (Map.Entry<String, String> label : from.asMap().entrySet()) {
      var name = label.getKey();
      if (fields.label(name)) {
        to.put(name, label.getValue());
      } else if (fields.alias(name)) {
        to.put(name, aliases.of(name, machineId + '\0' + label.getValue()));
      }
    }
    return Labels.of(to);
  }

  /** {@return what of an alert leaves, empty where nothing does} */
  Optional<Alert> of(Alert from) {
    if (!fields.alerts() || !(from.metric().isEmpty() || fields.metric(from.metric()))) {
      return Optional.empty();
    }
    var to =
        Alert.builder(alertId(from.id()), from.rule(), machineId(from.machineId()))
            .severity(from.severity())
            .state(from.state())
            .metric(from.metric())
            .labels(labels(from.machineId(), from.labels()))
            .value(from.value())
            .threshold(from.threshold())
            .startedAt(from.startedAt());
    from.firedAt().ifPresent(to::firedAt);
    from.resolvedAt().ifPresent(to::resolvedAt);
    if (fields.alertMessages()) {
      to.message(from.message());
    }
    if (fields.processes()) {
      to.processes(from.processes());
    }
    return Optional.of(to.build());
  }
}
