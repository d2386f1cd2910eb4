package io.sysmonstm.transport.grpc;

import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Rejection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

/**
 * Acknowledgements that a client does not read as fast as they come, joined into as few as they can
 * be. Guarded by its owner.
 */
final class PendingAcks {
  static final int MAX_RANGES = 1_024;
  static final int MAX_REJECTIONS = 256;

  private static final class Joined {
    final SeqRanges ranges = new SeqRanges();
    final List<Rejection> rejected = new ArrayList<>();
    Duration retryAfter = Duration.ZERO;
  }

  private final LongAdder untold;
  // In the order of the enum reversed: a batch that became durable after all is told so last.
  private final Map<Ack.Durability, Map<UUID, Joined>> joined = new EnumMap<>(Ack.Durability.class);
  private int rejections;
  // An upper bound of the ranges; counted anew when it passes the limit.
  private int rangesAtMost;

  PendingAcks(LongAdder untold) {
    this.untold = untold;
  }

  boolean isEmpty() {
    return joined.isEmpty();
  }

  /** Joins one more; tells whether it could, the ranges being few enough. */
  boolean add(Ack ack) {
    var into =
        joined
            .computeIfAbsent(ack.durability(), first -> new LinkedHashMap<>())
            .computeIfAbsent(ack.epoch(), first -> new Joined());
    for (var range : ack.ranges()) {
      into.ranges.add(range.first(), range.last());
    }
    for (var rejection : ack.rejected()) {
      if (rejections < MAX_REJECTIONS) {
        rejections++;
        into.rejected.add(rejection);
      } else {
        untold.add(rejection.count());
      }
    }
    if (ack.retryAfter().compareTo(into.retryAfter) > 0) {
      into.retryAfter = ack.retryAfter();
    }
    // One for the entry itself, so that acks without ranges in ever new epochs are bounded too.
    rangesAtMost += ack.ranges().size() + 1;
    if (rangesAtMost > MAX_RANGES) {
      rangesAtMost = countRanges();
    }
    return rangesAtMost <= MAX_RANGES;
  }

  private int countRanges() {
    int count = 0;
    for (var ofDurability : joined.values()) {
      for (var entry : ofDurability.values()) {
        count += entry.ranges.ranges().size() + 1;
      }
    }
    return count;
  }

  /** Takes everything out, what is only volatile first. */
  List<Ack> drain() {
    var acks = new ArrayList<Ack>();
    joined.forEach(
        (durability, epochs) ->
            epochs.forEach(
                (epoch, entry) -> {
                  List<SeqRange> ranges = entry.ranges.ranges();
                  acks.addFirst(
                      new Ack(epoch, ranges, durability, entry.rejected, entry.retryAfter));
                }));
    joined.clear();
    rejections = 0;
    rangesAtMost = 0;
    return acks;
  }
}
