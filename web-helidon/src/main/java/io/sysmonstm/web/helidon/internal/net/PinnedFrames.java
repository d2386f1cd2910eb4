package io.sysmonstm.web.helidon.internal.net;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the viewers whose long frames hold too much of the heap between them. While a viewer is
 * slow to take the snapshot it began with, it is soon the only one who holds what the fleet was
 * then. Frames share what did not change between them, and that counts once; the newest frame does
 * not count, since what it holds is mostly the present state.
 */
final class PinnedFrames {
  /** So much may be held by frames that are no longer new. */
  static final long MAX_BYTES = 16L << 20;

  private record Held(SocketConnection connection, FrameWriter.Sending sending) {}

  private PinnedFrames() {}

  /**
   * Returns the viewers to let go, those that have been at their frame for longest.
   *
   * @param connections all
   * @param before frames that began after this do not count yet, by the clock of the connections
   */
  static List<SocketConnection> tooMuch(Collection<SocketConnection> connections, long before) {
    var held =
        connections.stream()
            .flatMap(connection -> held(connection).stream())
            .filter(one -> one.sending.sinceNanos() - before < 0)
            .sorted(
                Comparator.comparingLong((Held one) -> one.sending.sinceNanos() - before)
                    .reversed())
            .toList();
    if (held.size() < 2) {
      return List.of();
    }
    var condemned = condemned(held.stream().map(one -> one.sending.frame()).toList());
    return held.stream()
        .filter(one -> condemned.contains(one.sending.frame()))
        .map(Held::connection)
        .toList();
  }

  private static Optional<Held> held(SocketConnection connection) {
    return connection.sending().map(sending -> new Held(connection, sending));
  }

  /** Returns the frames beyond the bound, of frames ordered from the newest to the oldest. */
  static Set<Frame> condemned(List<Frame> newestFirst) {
    Set<byte[]> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Frame> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Frame> condemned = Collections.newSetFromMap(new IdentityHashMap<>());
    long bytes = 0;
    for (var frame : newestFirst) {
      if (kept.contains(frame) || condemned.contains(frame)) {
        continue;
      }
      long more = 0;
      for (var part : frame.parts()) {
        more += seen.add(part) ? part.length : 0;
      }
      bytes += kept.isEmpty() ? 0 : more;
      (bytes > MAX_BYTES ? condemned : kept).add(frame);
    }
    return condemned;
  }
}
