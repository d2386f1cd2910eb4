package io.sysmonstm.collector.core.internal.spool;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.api.TopProcess;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A batch as the payload of a record: epoch, time, number of samples, machine, the texts that occur
 * in it once each, then samples and processes that name texts by their place. It needs nothing
 * beside itself, so that damage to one record costs no other. Guarded by its owner.
 */
final class BatchCodec {
  private static final int SAMPLES_OFFSET = 24;

  private final SeriesRegistry registry;
  // Both empty between two batches.
  private final Map<String, Integer> places = new HashMap<>();
  private final List<String> texts = new ArrayList<>();

  BatchCodec(SeriesRegistry registry) {
    this.registry = registry;
  }

  /** The number of samples of a payload, unread otherwise. */
  static int samples(ByteBuffer payload) {
    return payload.remaining() < SAMPLES_OFFSET + 4
        ? 0
        : Math.max(0, payload.getInt(payload.position() + SAMPLES_OFFSET));
  }

  /** The epoch of a payload, unread otherwise. */
  static UUID epoch(ByteBuffer payload) {
    int at = payload.position();
    return new UUID(payload.getLong(at), payload.getLong(at + 8));
  }

  /** The time of a payload, unread otherwise. */
  static long observedAtMillis(ByteBuffer payload) {
    return payload.getLong(payload.position() + 16);
  }

  void encode(Batch batch, RecordBuffer to) {
    try {
      collectTexts(batch);
      to.fixed64(batch.epoch().getMostSignificantBits());
      to.fixed64(batch.epoch().getLeastSignificantBits());
      to.fixed64(batch.observedAtMillis());
      to.fixed32(batch.size());
      to.text(batch.machineId());
      to.number(texts.size());
      texts.forEach(to::text);
      for (int i = 0; i < batch.size(); i++) {
        encode(batch.series(i), to);
        to.fixed64(Double.doubleToRawLongBits(batch.value(i)));
      }
      to.number(batch.topProcesses().size());
      for (var process : batch.topProcesses()) {
        to.number(process.pid());
        to.number(place(process.name()));
        to.number(place(process.user()));
        to.fixed64(Double.doubleToRawLongBits(process.cpuPercent()));
        to.fixed64(process.rssBytes());
      }
    } finally {
      places.clear();
      texts.clear();
    }
  }

  private void collectTexts(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      place(batch.series(i).metric().name());
      for (var label : batch.series(i).labels().asMap().entrySet()) {
        place(label.getKey());
        place(label.getValue());
      }
    }
    for (var process : batch.topProcesses()) {
      place(process.name());
      place(process.user());
    }
  }

  private int place(String text) {
    var known = places.putIfAbsent(text, texts.size());
    if (known != null) {
      return known;
    }
    texts.add(text);
    return texts.size() - 1;
  }

  private void encode(Series series, RecordBuffer to) {
    to.number(place(series.metric().name()));
    to.number(series.labels().size());
    for (var label : series.labels().asMap().entrySet()) {
      to.number(place(label.getKey()));
      to.number(place(label.getValue()));
    }
  }

  /** The batch of a payload, to be sent as a replay; empty where it makes no sense. */
  Optional<Batch> decode(long seq, ByteBuffer payload) {
    try {
      return Optional.of(read(seq, payload));
    } catch (BufferUnderflowException | IndexOutOfBoundsException | SysmonstmException senseless) {
      return Optional.empty();
    }
  }

  private Batch read(long seq, ByteBuffer from) {
    var epoch = new UUID(from.getLong(), from.getLong());
    long observedAtMillis = from.getLong();
    int size = within(from.getInt(), from);
    var machineId = text(from);
    var table = new String[within(number(from), from)];
    for (int i = 0; i < table.length; i++) {
      table[i] = text(from);
    }
    var series = new Series[size];
    var values = new double[size];
    int known = 0;
    for (int i = 0; i < size; i++) {
      var one = series(machineId, table, from);
      double value = Double.longBitsToDouble(from.getLong());
      if (one.isPresent()) {
        series[known] = one.get();
        values[known++] = value;
      }
    }
    return new Batch(
        machineId,
        epoch,
        seq,
        observedAtMillis,
        Arrays.copyOf(series, known),
        Arrays.copyOf(values, known),
        processes(table, from),
        true);
  }

  private Optional<Series> series(String machineId, String[] table, ByteBuffer from) {
    var metric = table[number(from)];
    int count = within(number(from), from);
    var labels = new TreeMap<String, String>();
    for (int i = 0; i < count; i++) {
      labels.put(table[number(from)], table[number(from)]);
    }
    return Names.metricProblem(metric).isEmpty()
        ? registry.intern(machineId, metric, Labels.of(labels))
        : Optional.empty();
  }

  private static List<TopProcess> processes(String[] table, ByteBuffer from) {
    int count = within(number(from), from);
    var processes = new ArrayList<TopProcess>(count);
    for (int i = 0; i < count; i++) {
      processes.add(
          new TopProcess(
              number(from),
              table[number(from)],
              table[number(from)],
              Double.longBitsToDouble(from.getLong()),
              from.getLong()));
    }
    return processes;
  }

  /** A count of things that take a byte each at the least. */
  private static int within(int count, ByteBuffer from) {
    if (count < 0 || count > from.remaining()) {
      throw new BufferUnderflowException();
    }
    return count;
  }

  private static String text(ByteBuffer from) {
    var bytes = new byte[within(number(from), from)];
    from.get(bytes);
    return new String(bytes, UTF_8);
  }

  private static int number(ByteBuffer from) {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte part = from.get();
      value |= (part & 0x7F) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw new BufferUnderflowException();
  }
}
