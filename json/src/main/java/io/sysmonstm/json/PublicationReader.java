package io.sysmonstm.json;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Names;
import io.sysmonstm.spi.AlertEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A publication while it is read; its type comes first. Confined to one thread. */
final class PublicationReader {
  private static final int MAX_ALERTS = 1_000;

  private final ValueReader in;
  private String type = "";
  private Optional<Instant> at = Optional.empty();
  private Optional<AlertEvent.Change> change = Optional.empty();
  private Optional<Alert> alert = Optional.empty();
  private Optional<MachineView> machine = Optional.empty();
  private final List<MachineView> machines = new ArrayList<>();
  private final List<Alert> alerts = new ArrayList<>();
  private boolean more;

  private PublicationReader(ValueReader in) {
    this.in = in;
  }

  static Publication read(ValueReader in) {
    var reader = new PublicationReader(in);
    in.object(reader::property);
    return reader.build();
  }

  private void property(String name) {
    switch (name) {
      case "type" -> type = in.text();
      case "timestamp" -> at = Optional.of(in.time());
      case "change" ->
          change = Optional.of(in.oneOf(AlertEvent.Change.values(), ValueWriter::text));
      case "more" -> more = in.flag();
      case "machines" -> in.array(() -> machines.add(MachineViewReader.read(in)));
      case "alerts" -> in.array(this::addAlert);
      case "data" -> data();
      default -> in.skip();
    }
  }

  private void data() {
    switch (type) {
      case "metrics" -> machine = Optional.of(MachineViewReader.read(in));
      case "alert" -> alert = Optional.of(AlertReader.read(in));
      default -> in.skip();
    }
  }

  private void addAlert() {
    if (alerts.size() == MAX_ALERTS) {
      throw in.unexpected("at most %d alerts".formatted(MAX_ALERTS));
    }
    alerts.add(AlertReader.read(in));
  }

  private Publication build() {
    var time = at.orElseThrow(() -> missing("timestamp"));
    return switch (type) {
      case "snapshot" -> new Publication.Snapshot(time, machines, alerts, more);
      case "metrics" -> new Publication.Metrics(time, machine.orElseThrow(() -> missing("data")));
      case "alert" ->
          new Publication.AlertChange(
              time,
              alert.orElseThrow(() -> missing("data")),
              change.orElseThrow(() -> missing("change")));
      default ->
          throw new Unreadable(
              "type is '%s': expected snapshot, metrics or alert".formatted(Names.shown(type)));
    };
  }

  private static Unreadable missing(String name) {
    return new Unreadable("publication without " + name);
  }
}
