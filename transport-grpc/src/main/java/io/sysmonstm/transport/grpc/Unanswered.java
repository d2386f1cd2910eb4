package io.sysmonstm.transport.grpc;

import io.sysmonstm.spi.Ack;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/** The batches of a session that were offered and not acknowledged. Guarded by its owner. */
final class Unanswered {
  private final Map<UUID, TreeSet<Long>> seqs = new HashMap<>();

  void add(UUID epoch, long seq) {
    seqs.computeIfAbsent(epoch, first -> new TreeSet<>()).add(seq);
  }

  /** Takes out what an acknowledgement names; ranges may be wider than what was offered. */
  void remove(Ack ack) {
    var ofEpoch = seqs.get(ack.epoch());
    if (ofEpoch == null) {
      return;
    }
    for (var range : ack.ranges()) {
      ofEpoch.subSet(range.first(), true, range.last(), true).clear();
    }
    if (ofEpoch.isEmpty()) {
      seqs.remove(ack.epoch());
    }
  }

  int size() {
    int size = 0;
    for (var ofEpoch : seqs.values()) {
      size += ofEpoch.size();
    }
    return size;
  }

  boolean isEmpty() {
    return seqs.isEmpty();
  }
}
