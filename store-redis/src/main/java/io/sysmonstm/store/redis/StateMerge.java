package io.sysmonstm.store.redis;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.json.Json;
import io.sysmonstm.json.ValueJson;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Merges what the processes wrote of one machine: for each series the newest by sample time, the
 * rest from whoever heard from it last. Confined to one thread.
 */
final class StateMerge {
  private record SeriesKey(String metric, Labels labels) {}

  private record Newest(Sample sample, long arrivedMillis) {}

  private final long serverMillis;
  private final long timeToLiveMillis;
  private final Map<SeriesKey, Newest> samples = new LinkedHashMap<>();
  private @Nullable Resource resource;
  private Duration interval = Duration.ZERO;
  private Instant lastSeen = Instant.MIN;
  private List<TopProcess> processes = List.of();
  private long processesMillis = Long.MIN_VALUE;
  private int unreadable;

  StateMerge(long serverMillis, long timeToLiveMillis) {
    this.serverMillis = serverMillis;
    this.timeToLiveMillis = timeToLiveMillis;
  }

  /** {@return the names of the writers whose samples have all expired} */
  static List<String> expiredWriters(Map<String, byte[]> hash, long beforeMillis) {
    var expired = new ArrayList<String>();
    hash.forEach(
        (field, value) -> {
          if (field.endsWith(StateForm.SEEN) && !isNewer(value, beforeMillis)) {
            expired.add(field.substring(0, field.length() - StateForm.SEEN.length()));
          }
        });
    return expired;
  }

  private static boolean isNewer(byte[] seen, long thanMillis) {
    try {
      return whole(object(Json.read(seen)), "written_ms") > thanMillis;
    } catch (RequestException unreadable) {
      return false;
    }
  }

  /** Adds the fields of all writers. */
  void add(Map<String, byte[]> hash) {
    for (var field : hash.keySet()) {
      if (field.endsWith(StateForm.SEEN)) {
        try {
          addWriter(hash, field.substring(0, field.length() - StateForm.SEEN.length()));
        } catch (RequestException | DateTimeException e) {
          unreadable++;
        }
      }
    }
  }

  /** {@return the number of writers whose fields could not be read} */
  int unreadable() {
    return unreadable;
  }

  /** {@return the state, empty where nothing could be read} */
  Optional<MachineState> state(String machineId) {
    return Optional.ofNullable(resource)
        .map(
            known ->
                new MachineState(
                    machineId,
                    known,
                    lastSeen,
                    interval,
                    samples.values().stream().map(Newest::sample).toList(),
                    processes));
  }

  private void addWriter(Map<String, byte[]> hash, String writer) {
    var seen = object(Json.read(field(hash, writer, StateForm.SEEN)));
    var heard = Instant.parse(text(seen.get("last_seen")));
    if (resource == null || heard.isAfter(lastSeen)) {
      resource = ValueJson.readResource(field(hash, writer, StateForm.RESOURCE));
      interval = Duration.ofMillis(whole(seen, "interval_ms"));
      lastSeen = heard;
    }
    long observed = whole(seen, "processes_ms");
    if (observed > processesMillis) {
      processes = ValueJson.readProcesses(field(hash, writer, StateForm.PROCESSES));
      processesMillis = observed;
    }
    long written = whole(seen, "written_ms");
    if (serverMillis - written <= timeToLiveMillis) {
      for (var cycle : list(Json.read(field(hash, writer, StateForm.SAMPLES)))) {
        addCycle(object(cycle), written);
      }
    }
  }

  private void addCycle(Map<?, ?> cycle, long written) {
    long arrived = written - whole(cycle, "age_ms");
    if (serverMillis - arrived > timeToLiveMillis) {
      return;
    }
    var observedAt = Instant.ofEpochMilli(whole(cycle, "observed_ms"));
    for (var element : list(cycle.get("samples"))) {
      var parts = list(element);
      if (parts.size() < 2) {
        throw unexpected("a sample", parts);
      }
      var labels = parts.size() == 2 ? Labels.empty() : labels(parts.get(1));
      var sample = new Sample(text(parts.getFirst()), labels, observedAt, number(parts.getLast()));
      samples.merge(
          new SeriesKey(sample.metric(), labels),
          new Newest(sample, arrived),
          (known, other) -> isNewer(other, known) ? other : known);
    }
  }

  private static boolean isNewer(Newest one, Newest other) {
    int order = one.sample.observedAt().compareTo(other.sample.observedAt());
    return order > 0 || (order == 0 && one.arrivedMillis > other.arrivedMillis);
  }

  private static byte[] field(Map<String, byte[]> hash, String writer, String name) {
    var value = hash.get(writer + name);
    if (value == null) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT, "no field %s%s".formatted(writer, name));
    }
    return value;
  }

  private static Labels labels(@Nullable Object value) {
    var pairs = new LinkedHashMap<String, String>();
    object(value).forEach((name, label) -> pairs.put(text(name), text(label)));
    return Labels.of(pairs);
  }

  private static Map<?, ?> object(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw unexpected("an object", value);
  }

  private static List<?> list(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw unexpected("an array", value);
  }

  private static long whole(Map<?, ?> object, String name) {
    if (object.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw unexpected("a number in " + name, object);
  }

  private static double number(@Nullable Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw unexpected("a number", value);
  }

  private static String text(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw unexpected("a text", value);
  }

  private static RequestException unexpected(String expected, @Nullable Object value) {
    return new RequestException(
        ErrorCode.INVALID_ARGUMENT, "%s: expected %s".formatted(value, expected));
  }
}
