package io.sysmonstm.transport.grpc;

import static io.sysmonstm.transport.grpc.v1.Batch.DECLARE_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Batch.EPOCH_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Batch.OBSERVED_AT_MS_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Batch.REPLAY_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Batch.SEQ_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Batch.SERIES_DELTA_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Batch.TOP_PROCESSES_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Batch.VALUE_FIELD_NUMBER;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.Process;
import io.sysmonstm.transport.grpc.v1.SeriesDeclaration;
import java.util.IdentityHashMap;
import java.util.UUID;

/**
 * The batches of one stream as messages; keeps which series the stream has declared. Guarded by its
 * owner.
 */
final class BatchEncoder {
  private static final int BYTES_PER_SAMPLE = 10;
  private static final int OTHER_BYTES = 512;

  private final UUID helloEpoch;
  private final IdentityHashMap<Series, Integer> ids = new IdentityHashMap<>();

  BatchEncoder(UUID helloEpoch) {
    this.helloEpoch = helloEpoch;
  }

  /** The bytes of an {@link IngestRequest}. */
  byte[] encode(Batch batch) {
    int bytes = batch.size() * BYTES_PER_SAMPLE + OTHER_BYTES;
    var wire = new WireMessage(bytes);
    wire.number(SEQ_FIELD_NUMBER, batch.seq());
    if (!batch.epoch().equals(helloEpoch)) {
      wire.id(EPOCH_FIELD_NUMBER, batch.epoch());
    }
    wire.number(OBSERVED_AT_MS_FIELD_NUMBER, batch.observedAtMillis());
    addSamples(batch, wire);
    for (var process : batch.topProcesses()) {
      wire.message(TOP_PROCESSES_FIELD_NUMBER, encode(process));
    }
    wire.flag(REPLAY_FIELD_NUMBER, batch.replay());
    return new WireMessage(bytes).message(IngestRequest.BATCH_FIELD_NUMBER, wire).toByteArray();
  }

  private void addSamples(Batch batch, WireMessage wire) {
    int size = batch.size();
    int[] deltas = new int[size];
    double[] values = new double[size];
    int previous = 0;
    for (int i = 0; i < size; i++) {
      int id = id(batch.series(i), wire);
      deltas[i] = id - previous;
      values[i] = batch.value(i);
      previous = id;
    }
    wire.packedSigned(SERIES_DELTA_FIELD_NUMBER, deltas, size);
    wire.packedReals(VALUE_FIELD_NUMBER, values, size);
  }

  private int id(Series series, WireMessage wire) {
    var known = ids.get(series);
    if (known != null) {
      return known;
    }
    int id = ids.size();
    ids.put(series, id);
    wire.message(
        DECLARE_FIELD_NUMBER,
        new WireMessage()
            .number(SeriesDeclaration.ID_FIELD_NUMBER, id)
            .text(SeriesDeclaration.METRIC_FIELD_NUMBER, series.metric().name())
            .map(SeriesDeclaration.LABELS_FIELD_NUMBER, series.labels().asMap()));
    return id;
  }

  private static WireMessage encode(TopProcess process) {
    return new WireMessage()
        .number(Process.PID_FIELD_NUMBER, process.pid())
        .text(Process.NAME_FIELD_NUMBER, process.name())
        .text(Process.USER_FIELD_NUMBER, process.user())
        .real(Process.CPU_PERCENT_FIELD_NUMBER, process.cpuPercent())
        .number(Process.RSS_BYTES_FIELD_NUMBER, process.rssBytes());
  }
}
