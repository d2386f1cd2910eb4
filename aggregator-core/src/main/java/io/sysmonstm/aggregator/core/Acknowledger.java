package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Ack.Durability;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.IngestReply;
import io.sysmonstm.spi.Rejection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Tells senders what became of their batches, one range per stream rather than one message per
 * batch. One lock around all of it keeps the calls of a reply apart, and a late VOLATILE from
 * following a DURABLE; replies never block. Thread-safe.
 */
final class Acknowledger {
  private static final EventLog LOG = EventLog.of(Aggregator.class);

  private final Counters counters;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock, and empty between calls.
  private final ArrayList<Session> told = new ArrayList<>();

  Acknowledger(Counters counters) {
    this.counters = counters;
  }

  /** {@return what is held while fates are decided and told; the first in the order of locks} */
  ReentrantLock lock() {
    return lock;
  }

  /** Acknowledges batches of many sessions. */
  void acknowledge(List<Pending> batches, Durability durability, Duration retryAfter) {
    lock.lock();
    try {
      for (var pending : batches) {
        add(pending, durability, retryAfter);
      }
      for (var session : told) {
        send(session, durability, retryAfter);
      }
      told.clear();
    } finally {
      lock.unlock();
    }
  }

  private void add(Pending pending, Durability durability, Duration retryAfter) {
    var session = pending.session;
    var grouped = session.grouped;
    if (!grouped.isEmpty() && grouped.log != pending.log) {
      send(session, durability, retryAfter);
    }
    if (grouped.isEmpty()) {
      told.add(session);
      grouped.log = pending.log;
    }
    grouped.seqs.add(pending.batch.seq());
    if (!pending.rejected.isEmpty()) {
      grouped.rejected.addAll(pending.rejected);
      pending.rejected = List.of();
    }
  }

  private void send(Session session, Durability durability, Duration atTheEarliest) {
    var grouped = session.grouped;
    if (grouped.isEmpty()) {
      return;
    }
    var ack =
        new Ack(
            grouped.log.epoch(),
            grouped.seqs.ranges(),
            durability,
            grouped.rejected,
            spread(session, atTheEarliest));
    grouped.clear();
    reply(session, to -> to.acknowledge(ack));
  }

  // Up to half as long again, by machine: else all of them come back in the same moment.
  private static Duration spread(Session session, Duration atTheEarliest) {
    return atTheEarliest.isZero()
        ? atTheEarliest
        : atTheEarliest.plus(
            atTheEarliest.multipliedBy(session.machineId().hashCode() & 0xFF).dividedBy(512));
  }

  /** Acknowledges a batch that history already has. */
  void acknowledgeCommitted(Session session, UUID epoch, long seq, List<Rejection> rejected) {
    var ack =
        new Ack(
            epoch, List.of(new SeqRange(seq, seq)), Durability.DURABLE, rejected, Duration.ZERO);
    lock.lock();
    try {
      reply(session, to -> to.acknowledge(ack));
    } finally {
      lock.unlock();
    }
  }

  /** Ends a session, whose stream is told so. */
  void end(Session session, RequestException why) {
    lock.lock();
    try {
      if (!session.isClosed()) {
        reply(session, to -> to.end(why));
        session.over(why);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets streams go on. */
  void resume(List<Session> sessions) {
    if (sessions.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      for (var session : sessions) {
        reply(session, IngestReply::resume);
      }
    } finally {
      lock.unlock();
    }
  }

  private void reply(Session session, Consumer<IngestReply> call) {
    if (session.isClosed()) {
      return;
    }
    try {
      call.accept(session.reply());
    } catch (RuntimeException e) {
      counters.replyFailures.increment();
      LOG.warn(
          "reply_failed",
          "an acknowledgement could not be handed to the transport",
          e,
          "machine",
          session.machineId());
    }
  }

  /** What one session is about to be told. */
  static final class Grouped {
    private final EpochLog none;
    private EpochLog log;
    private final SeqSet seqs = new SeqSet(Integer.MAX_VALUE);
    private final ArrayList<Rejection> rejected = new ArrayList<>();

    Grouped(EpochLog log) {
      this.none = log;
      this.log = log;
    }

    private boolean isEmpty() {
      return seqs.isEmpty();
    }

    private void clear() {
      log = none;
      seqs.clear();
      rejected.clear();
    }
  }
}
