package io.sysmonstm.transport.grpc;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.IngestSession;
import io.sysmonstm.spi.Rejection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The batches of one stream, from messages. Allocates nothing per sample but the two arrays.
 * Confined to one thread.
 */
final class BatchDecoder {
  /** A batch, and the samples that it came without. */
  record Decoded(Batch batch, List<Rejection> rejected) {}

  private static final int MAX_PROCESSES = 100;

  private final String machineId;
  private final UUID helloEpoch;
  private final int maxSamples;
  private final StreamDictionary dictionary;

  BatchDecoder(String machineId, IngestSession session) {
    var welcome = session.welcome();
    this.machineId = machineId;
    this.helloEpoch = session.epoch();
    this.maxSamples = welcome.maxBatchSamples();
    this.dictionary = new StreamDictionary(session, welcome.maxSeries());
  }

  Decoded decode(io.sysmonstm.transport.grpc.v1.Batch wire) {
    check(wire);
    for (int i = 0; i < wire.getDeclareCount(); i++) {
      dictionary.declare(wire.getDeclare(i));
    }
    int count = wire.getValueCount();
    var series = new Series[count];
    var values = new double[count];
    int kept = 0;
    int id = 0;
    for (int i = 0; i < count; i++) {
      id += wire.getSeriesDelta(i);
      var known = dictionary.series(id);
      if (known != null) {
        series[kept] = known;
        values[kept++] = wire.getValue(i);
      }
    }
    var rejected = kept == count ? List.<Rejection>of() : rejections(wire);
    var batch =
        new Batch(
            machineId,
            epoch(wire),
            wire.getSeq(),
            wire.getObservedAtMs(),
            kept == count ? series : Arrays.copyOf(series, kept),
            kept == count ? values : Arrays.copyOf(values, kept),
            processes(wire),
            wire.getReplay());
    return new Decoded(batch, rejected);
  }

  private void check(io.sysmonstm.transport.grpc.v1.Batch wire) {
    if (wire.getSeriesDeltaCount() != wire.getValueCount()) {
      throw Statuses.invalid(
          "batch %s with %d series_delta and %d value: expected as many of each"
              .formatted(
                  Long.toUnsignedString(wire.getSeq()),
                  wire.getSeriesDeltaCount(),
                  wire.getValueCount()));
    }
    if (wire.getValueCount() > maxSamples) {
      throw Statuses.invalid(
          "batch %s with %d samples: expected at most %d, as the Welcome says"
              .formatted(Long.toUnsignedString(wire.getSeq()), wire.getValueCount(), maxSamples));
    }
    if (wire.getSeq() < 1) {
      throw Statuses.invalid(
          "batch with seq %s: expected 1 to %d"
              .formatted(Long.toUnsignedString(wire.getSeq()), Long.MAX_VALUE));
    }
  }

  private UUID epoch(io.sysmonstm.transport.grpc.v1.Batch wire) {
    return wire.getEpoch().isEmpty()
        ? helloEpoch
        : Ids.uuid(wire.getEpoch(), "batch with an epoch");
  }

  private List<Rejection> rejections(io.sysmonstm.transport.grpc.v1.Batch wire) {
    Map<StreamDictionary.Refusal, Integer> counts = new HashMap<>();
    int id = 0;
    for (int i = 0; i < wire.getSeriesDeltaCount(); i++) {
      id += wire.getSeriesDelta(i);
      if (dictionary.series(id) == null) {
        counts.merge(dictionary.refusal(id), 1, Integer::sum);
      }
    }
    var rejections = new ArrayList<Rejection>(counts.size());
    counts.forEach(
        (refusal, count) ->
            rejections.add(
                new Rejection(wire.getSeq(), refusal.metric(), refusal.reason(), count)));
    return rejections;
  }

  private static List<TopProcess> processes(io.sysmonstm.transport.grpc.v1.Batch wire) {
    int count = Math.min(wire.getTopProcessesCount(), MAX_PROCESSES);
    if (count == 0) {
      return List.of();
    }
    var processes = new ArrayList<TopProcess>(count);
    for (int i = 0; i < count; i++) {
      var process = wire.getTopProcesses(i);
      if (Double.isFinite(process.getCpuPercent()) && process.getCpuPercent() >= 0) {
        processes.add(
            new TopProcess(
                process.getPid(),
                HelloCodec.text(process.getName()),
                HelloCodec.text(process.getUser()),
                process.getCpuPercent(),
                HelloCodec.atMostMax(process.getRssBytes())));
      }
    }
    return processes;
  }
}
