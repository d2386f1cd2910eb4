package io.sysmonstm.transport.grpc;

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
  private final UUID helloEpoch;
  private final IdentityHashMap<Series, Integer> ids = new IdentityHashMap<>();

  BatchEncoder(UUID helloEpoch) {
    this.helloEpoch = helloEpoch;
  }

  IngestRequest encode(Batch batch) {
    var request = IngestRequest.newBuilder();
    var wire =
        request
            .getBatchBuilder()
            .setSeq(batch.seq())
            .setObservedAtMs(batch.observedAtMillis())
            .setReplay(batch.replay());
    if (!batch.epoch().equals(helloEpoch)) {
      wire.setEpoch(Ids.bytes(batch.epoch()));
    }
    int previous = 0;
    for (int i = 0; i < batch.size(); i++) {
      int id = id(batch.series(i), wire);
      wire.addSeriesDelta(id - previous).addValue(batch.value(i));
      previous = id;
    }
    for (var process : batch.topProcesses()) {
      wire.addTopProcesses(encode(process));
    }
    return request.build();
  }

  private int id(Series series, io.sysmonstm.transport.grpc.v1.Batch.Builder wire) {
    var known = ids.get(series);
    if (known != null) {
      return known;
    }
    int id = ids.size();
    ids.put(series, id);
    wire.addDeclare(
        SeriesDeclaration.newBuilder()
            .setId(id)
            .setMetric(series.metric().name())
            .putAllLabels(series.labels().asMap()));
    return id;
  }

  private static Process encode(TopProcess process) {
    return Process.newBuilder()
        .setPid(process.pid())
        .setName(process.name())
        .setUser(process.user())
        .setCpuPercent(process.cpuPercent())
        .setRssBytes(process.rssBytes())
        .build();
  }
}
