package io.sysmonstm.json;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.MachineEvent;
import io.sysmonstm.spi.MachineForgotten;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import tools.jackson.core.JsonGenerator;

/**
 * Events as JSON objects, one form for every bus. Times are cut to milliseconds; all else is read
 * as it was written. Thread-safe.
 */
public final class EventJson {
  /** The greatest length of an event that is read, in bytes. */
  public static final int MAX_BYTES = 8 << 20;

  private static final int MAX_LAYOUTS = 10_000;
  private static final String FORGOTTEN = "forgotten";
  private static final byte[] SAMPLES = ",\"metrics\":[".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_PROCESSES =
      "],\"processes\":[]}".getBytes(StandardCharsets.US_ASCII);

  private final SeriesRegistry series;
  private final SampleTexts texts = new SampleTexts();
  private final LongAdder refused;
  // The series of each machine's last cycle, by position.
  private final Map<String, Series[]> layouts = new ConcurrentHashMap<>();

  /**
   * Creates a form.
   *
   * @param series where the series of events that are read are interned
   * @param metrics where samples that are left out are counted
   */
  public EventJson(SeriesRegistry series, SelfMetrics metrics) {
    this.series = series;
    this.refused =
        metrics.counter(
            "events_samples_refused_total",
            "Samples left out of events that were read: no room for the series, or out of range.");
  }

  /**
   * {@return an event as a JSON object in UTF-8} A sample that is not finite is left out.
   *
   * @param event the event
   */
  public byte[] write(Event event) {
    return switch (event) {
      case MetricsEvent metrics -> texts.between(head(metrics), metrics.batch(), tail(metrics));
      case AlertEvent alert -> Json.object(json -> write(json, alert));
      case MachineEvent machine -> Json.object(json -> write(json, machine));
      case MachineForgotten forgotten -> Json.object(json -> write(json, forgotten));
    };
  }

  private static byte[] head(MetricsEvent event) {
    var object = Json.object(json -> write(json, event));
    var head = Arrays.copyOf(object, object.length - 1 + SAMPLES.length);
    System.arraycopy(SAMPLES, 0, head, object.length - 1, SAMPLES.length);
    return head;
  }

  private static byte[] tail(MetricsEvent event) {
    var processes = event.batch().topProcesses();
    if (processes.isEmpty()) {
      return NO_PROCESSES;
    }
    var text = new String(ValueJson.write(processes), StandardCharsets.UTF_8);
    return ("],\"processes\":" + text + "}").getBytes(StandardCharsets.UTF_8);
  }

  // All but samples and processes.
  private static void write(JsonGenerator json, MetricsEvent event) {
    var batch = event.batch();
    ValueWriter.begin(json, "metrics", batch.observedAt());
    json.writeStringProperty("machine_id", batch.machineId());
    ValueWriter.text(json, "hostname", event.resource().hostname());
    json.writeName("tags");
    ValueWriter.texts(json, event.resource().tags());
    json.writeStringProperty("epoch", batch.epoch().toString());
    json.writeNumberProperty("seq", batch.seq());
    json.writeStringProperty("received_at", ValueWriter.time(event.receivedAt()));
    json.writeNumberProperty("interval_ms", Math.max(1, event.interval().toMillis()));
    if (batch.replay()) {
      json.writeBooleanProperty("replay", true);
    }
    json.writeName("resource");
    ValueWriter.resource(json, event.resource());
  }

  private static void write(JsonGenerator json, AlertEvent event) {
    var alert = event.alert();
    ValueWriter.begin(json, "alert", changedAt(alert));
    json.writeStringProperty("machine_id", alert.machineId());
    json.writeStringProperty("change", ValueWriter.text(event.change()));
    json.writeName("data");
    ValueWriter.alert(json, alert);
  }

  private static Instant changedAt(Alert alert) {
    return alert.resolvedAt().or(alert::firedAt).orElse(alert.startedAt());
  }

  private static void write(JsonGenerator json, MachineEvent event) {
    ValueWriter.begin(json, "machine", event.at());
    json.writeStringProperty("machine_id", event.machineId());
    ValueWriter.text(json, "hostname", event.hostname());
    json.writeStringProperty("status", event.status().text());
    json.writeStringProperty("last_seen", ValueWriter.time(event.lastSeen()));
  }

  private static void write(JsonGenerator json, MachineForgotten event) {
    ValueWriter.begin(json, FORGOTTEN, event.at());
    json.writeStringProperty("machine_id", event.machineId());
  }

  /**
   * {@return the event of a message} Unknown properties are skipped; a sample whose series is over
   * a bound of the registry, or whose value the metric does not accept, is left out and counted.
   *
   * @param message as {@link #write} writes it, hostile ones too
   * @param topic where it came from
   * @throws RequestException with {@link ErrorCode#INVALID_ARGUMENT} where it is not an event of
   *     the topic, with the reason
   */
  public Event read(byte[] message, Topic topic) {
    var what = "message of " + topic.text();
    if (message.length > MAX_BYTES) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "%s: %d bytes: expected at most %d".formatted(what, message.length, MAX_BYTES));
    }
    return ValueReader.read(
        what,
        message,
        in ->
            switch (topic) {
              case METRICS_RAW -> metrics(in);
              case ALERTS_FIRED, ALERTS_RESOLVED, ALERTS_CHANGED -> alert(in, topic);
              case MACHINES_STATUS -> machine(in);
            });
  }

  private static void type(ValueReader in, String expected) {
    if (!in.text().equals(expected)) {
      throw in.unexpected(expected);
    }
  }

  private Event metrics(ValueReader in) {
    var reader =
        new MetricsReader(
            in, machineId -> new SampleReader(in, series, machineId, layouts.get(machineId)));
    in.object(
        name -> {
          if (name.equals("type")) {
            type(in, "metrics");
          } else {
            reader.property(name);
          }
        });
    var event = reader.build();
    refused.add(reader.samples().refused());
    if (!reader.samples().asExpected()) {
      remember(event.machineId(), reader.samples().series());
    }
    return event;
  }

  private void remember(String machineId, Series[] layout) {
    if (layouts.size() >= MAX_LAYOUTS) {
      layouts.clear();
    }
    if (layout.length > 0) {
      layouts.put(machineId, layout);
    }
  }

  private static Event alert(ValueReader in, Topic topic) {
    var reader = new AlertMessage(in);
    in.object(reader::property);
    return reader.build(topic);
  }

  private static Event machine(ValueReader in) {
    var reader = new MachineMessage(in);
    in.object(reader::property);
    return reader.build();
  }

  /** A change of an alert while it is read. */
  private static final class AlertMessage {
    private final ValueReader in;
    private Optional<AlertEvent.Change> change = Optional.empty();
    private Optional<Alert> alert = Optional.empty();

    AlertMessage(ValueReader in) {
      this.in = in;
    }

    void property(String name) {
      switch (name) {
        case "type" -> type(in, "alert");
        case "change" ->
            change = Optional.of(in.oneOf(AlertEvent.Change.values(), ValueWriter::text));
        case "data" -> alert = Optional.of(AlertReader.read(in));
        default -> in.skip();
      }
    }

    AlertEvent build(Topic topic) {
      var event =
          new AlertEvent(
              alert.orElseThrow(() -> new Unreadable("alert without data")),
              change.orElseThrow(() -> new Unreadable("alert without change")));
      if (event.topic() != topic) {
        throw new Unreadable(
            "change '%s' is of topic %s"
                .formatted(ValueWriter.text(event.change()), event.topic().text()));
      }
      return event;
    }
  }

  /** A change of a machine's status, or that it was forgotten, while it is read. */
  private static final class MachineMessage {
    private final ValueReader in;
    private Optional<Instant> timestamp = Optional.empty();
    private Optional<Instant> lastSeen = Optional.empty();
    private Optional<MachineStatus> status = Optional.empty();
    private boolean forgotten;
    private String machineId = "";
    private String hostname = "";

    MachineMessage(ValueReader in) {
      this.in = in;
    }

    void property(String name) {
      switch (name) {
        case "type" -> {
          var type = in.text();
          forgotten = type.equals(FORGOTTEN);
          if (!forgotten && !type.equals("machine")) {
            throw in.unexpected("machine or " + FORGOTTEN);
          }
        }
        case "timestamp" -> timestamp = Optional.of(in.time());
        case "machine_id" -> machineId = in.machineId();
        case "hostname" -> hostname = in.text();
        case "status" ->
            status = Optional.of(in.oneOf(MachineStatus.values(), MachineStatus::text));
        case "last_seen" -> lastSeen = Optional.of(in.time());
        default -> in.skip();
      }
    }

    Event build() {
      if (machineId.isEmpty()) {
        throw missing("machine_id");
      }
      var at = timestamp.orElseThrow(() -> missing("timestamp"));
      return forgotten
          ? new MachineForgotten(machineId, at)
          : new MachineEvent(
              machineId,
              hostname,
              status.orElseThrow(() -> missing("status")),
              lastSeen.orElseThrow(() -> missing("last_seen")),
              at);
    }

    private static Unreadable missing(String name) {
      return new Unreadable("change of a machine without " + name);
    }
  }
}
