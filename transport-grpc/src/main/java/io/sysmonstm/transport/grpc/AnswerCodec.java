package io.sysmonstm.transport.grpc;

import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.spi.Welcome;
import io.sysmonstm.transport.grpc.v1.CommittedRanges;
import io.sysmonstm.transport.grpc.v1.Durability;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Welcome and acknowledgement as messages, and back. */
final class AnswerCodec {
  private static final long MAX_UINT32 = 0xFFFF_FFFFL;

  private AnswerCodec() {}

  static IngestResponse encode(Welcome welcome) {
    var response = IngestResponse.newBuilder();
    var wire =
        response
            .getWelcomeBuilder()
            .setServerTimeMs(welcome.serverTime().toEpochMilli())
            .setMaxBatchSamples(welcome.maxBatchSamples())
            .setMaxSeries(welcome.maxSeries());
    welcome
        .committed()
        .forEach(
            (epoch, ranges) -> {
              var committed = CommittedRanges.newBuilder().setEpoch(Ids.bytes(epoch));
              ranges.ranges().forEach(range -> committed.addRanges(encode(range)));
              wire.addCommitted(committed);
            });
    return response.build();
  }

  static Welcome decode(io.sysmonstm.transport.grpc.v1.Welcome wire) {
    var committed = new HashMap<UUID, SeqRanges>();
    for (var epoch : wire.getCommittedList()) {
      committed.put(
          Ids.uuid(epoch.getEpoch(), "Welcome with an epoch"),
          new SeqRanges(decode(epoch.getRangesList())));
    }
    return new Welcome(
        committed,
        Instant.ofEpochMilli(wire.getServerTimeMs()),
        atMostMax(wire.getMaxBatchSamples()),
        atMostMax(wire.getMaxSeries()));
  }

  static IngestResponse encode(Ack ack, UUID helloEpoch) {
    var response = IngestResponse.newBuilder();
    var wire =
        response
            .getAckBuilder()
            .setDurability(
                switch (ack.durability()) {
                  case DURABLE -> Durability.DURABLE;
                  case VOLATILE -> Durability.VOLATILE;
                })
            .setRetryAfterMs((int) Math.min(ack.retryAfter().toMillis(), MAX_UINT32));
    if (!ack.epoch().equals(helloEpoch)) {
      wire.setEpoch(Ids.bytes(ack.epoch()));
    }
    ack.ranges().forEach(range -> wire.addRanges(encode(range)));
    for (var rejection : ack.rejected()) {
      wire.addRejected(
          io.sysmonstm.transport.grpc.v1.Rejection.newBuilder()
              .setSeq(rejection.seq())
              .setMetric(rejection.metric())
              .setReason(rejection.reason().name())
              .setCount(rejection.count()));
    }
    return response.build();
  }

  static Ack decode(io.sysmonstm.transport.grpc.v1.Ack wire, UUID helloEpoch) {
    var rejected = new ArrayList<Rejection>();
    for (var rejection : wire.getRejectedList()) {
      reason(rejection.getReason())
          .ifPresent(
              reason ->
                  rejected.add(
                      new Rejection(
                          rejection.getSeq(),
                          rejection.getMetric(),
                          reason,
                          atMostMax(rejection.getCount()))));
    }
    return new Ack(
        wire.getEpoch().isEmpty() ? helloEpoch : Ids.uuid(wire.getEpoch(), "Ack with an epoch"),
        decode(wire.getRangesList()),
        // Whatever a newer server means by another durability: keeping the batch is safe.
        wire.getDurability() == Durability.DURABLE
            ? Ack.Durability.DURABLE
            : Ack.Durability.VOLATILE,
        rejected,
        Duration.ofMillis(Integer.toUnsignedLong(wire.getRetryAfterMs())));
  }

  // The reason of a newer server may be unknown here; it is only ever counted.
  private static Optional<Rejection.Reason> reason(String name) {
    for (var reason : Rejection.Reason.values()) {
      if (reason.name().equals(name)) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }

  private static io.sysmonstm.transport.grpc.v1.SeqRange encode(SeqRange range) {
    return io.sysmonstm.transport.grpc.v1.SeqRange.newBuilder()
        .setFirst(range.first())
        .setLast(range.last())
        .build();
  }

  private static List<SeqRange> decode(List<io.sysmonstm.transport.grpc.v1.SeqRange> wire) {
    var ranges = new ArrayList<SeqRange>(wire.size());
    for (var range : wire) {
      ranges.add(new SeqRange(range.getFirst(), range.getLast()));
    }
    return ranges;
  }

  private static int atMostMax(int unsigned) {
    return unsigned < 0 ? Integer.MAX_VALUE : unsigned;
  }
}
