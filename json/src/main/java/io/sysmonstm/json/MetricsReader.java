package io.sysmonstm.json;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.MetricsEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A cycle of a machine while it is read. Confined to one thread. */
final class MetricsReader {
  private static final long MAX_INTERVAL_MILLIS = Duration.ofDays(365).toMillis();

  private final ValueReader in;
  private final Function<String, SampleReader> samplesOf;
  private final ResourceReader resource;
  private Optional<Instant> timestamp = Optional.empty();
  private Optional<Instant> receivedAt = Optional.empty();
  private String machineId = "";
  private Optional<UUID> epoch = Optional.empty();
  private long seq;
  private long intervalMillis;
  private boolean replay;
  private @Nullable SampleReader samples;
  private List<TopProcess> processes = List.of();

  /**
   * Begins.
   *
   * @param samplesOf begins the samples of a machine
   */
  MetricsReader(ValueReader in, Function<String, SampleReader> samplesOf) {
    this.in = in;
    this.samplesOf = samplesOf;
    this.resource = new ResourceReader(in);
  }

  /** Takes the value of a property, or skips it. */
  void property(String name) {
    switch (name) {
      case "timestamp" -> timestamp = Optional.of(in.time());
      case "machine_id" -> machineId = in.machineId();
      case "hostname", "tags" -> resource.property(name);
      case "epoch" -> epoch = Optional.of(uuid());
      case "seq" -> seq = in.whole(1, Long.MAX_VALUE);
      case "received_at" -> receivedAt = Optional.of(in.time());
      case "interval_ms" -> intervalMillis = in.whole(1, MAX_INTERVAL_MILLIS);
      case "replay" -> replay = in.flag();
      case "resource" -> in.object(resource::property);
      case "metrics" -> {
        if (machineId.isEmpty()) {
          throw new Unreadable("metrics come before machine_id: expected it first");
        }
        var reader = samplesOf.apply(machineId);
        in.array(reader::read);
        samples = reader;
      }
      case "processes" -> processes = ProcessReader.read(in);
      default -> in.skip();
    }
  }

  private UUID uuid() {
    var text = in.text();
    if (text.length() != 36) {
      throw in.unexpected("a UUID");
    }
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw in.unexpected("a UUID");
    }
  }

  /** {@return the samples that were read} */
  SampleReader samples() {
    var read = samples;
    if (read == null) {
      throw missing("metrics");
    }
    return read;
  }

  MetricsEvent build() {
    if (seq < 1 || intervalMillis < 1) {
      throw missing(seq < 1 ? "seq" : "interval_ms");
    }
    var batch =
        new Batch(
            machineId,
            epoch.orElseThrow(() -> missing("epoch")),
            seq,
            timestamp.orElseThrow(() -> missing("timestamp")).toEpochMilli(),
            samples().series(),
            samples().values(),
            processes,
            replay);
    return new MetricsEvent(
        batch,
        resource.build(),
        Duration.ofMillis(intervalMillis),
        receivedAt.orElseThrow(() -> missing("received_at")));
  }

  private static Unreadable missing(String name) {
    return new Unreadable("cycle without " + name);
  }
}
