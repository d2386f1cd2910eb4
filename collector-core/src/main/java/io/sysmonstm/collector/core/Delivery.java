package io.sysmonstm.collector.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Rejection;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a stream open and empties the spool into it, for ever. One thread calls {@link #step} again
 * and again; it looks at what the transport told, sends what may be sent, and says when it wants to
 * be called next. Nothing is taken out of the spool before history has it, so that a lost stream
 * costs only the sending.
 *
 * <p>Order: batches of the last three intervals first, then the backlog, oldest first. While
 * history is unavailable (volatile acknowledgements) only fresh batches go, one of which will find
 * it back. The times between attempts begin anew once a stream has brought a durable
 * acknowledgement, or has lived and been acknowledged for half a minute.
 */
final class Delivery {
  /** The least pause of the backlog after a volatile acknowledgement. */
  static final Duration VOLATILE_PAUSE = Duration.ofSeconds(10);

  /** The most batches in flight. */
  static final int WINDOW = 32;

  private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);
  private static final long MAX_CLOCK_STEP_MILLIS = 5_000;
  private static final EventLog LOG = EventLog.of(Delivery.class);

  private record Drain(long untilNanos) {}

  private final DeliveryParts parts;
  private final Spool spool;
  private final Retry retry;
  private final Quarantine quarantine;
  private final DeliveryCounters counters;
  private final DeliveryState state = new DeliveryState();
  private final long freshNanos;
  private @Nullable Link link;
  private long retryAtNanos;
  private long backlogNotBeforeNanos;
  private boolean hurried;
  private volatile @Nullable Drain drain;

  Delivery(DeliveryParts parts, Duration interval) {
    this.parts = parts;
    this.spool = parts.spool();
    this.retry = new Retry(parts.random());
    this.quarantine = new Quarantine(spool);
    this.counters = DeliveryCounters.of(parts.metrics());
    this.freshNanos = interval.multipliedBy(3).toNanos();
    this.retryAtNanos = parts.time().nanoTime();
    this.backlogNotBeforeNanos = retryAtNanos;
  }

  /** Runs until drained or interrupted. */
  void run() {
    try {
      long next = step();
      while (!isDone()) {
        parts.waiter().awaitUntil(notPastTheEnd(next));
        next = step();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      hangUp();
    }
  }

  /** Begins to end: delivers what is there, until the given time at the latest. Any thread. */
  void drainUntil(long nanoTime) {
    drain = new Drain(nanoTime);
    parts.waiter().wake();
  }

  /** How it is doing. Any thread. */
  DeliveryState state() {
    return state;
  }

  private long notPastTheEnd(long nanoTime) {
    var ending = drain;
    return ending == null || nanoTime - ending.untilNanos < 0 ? nanoTime : ending.untilNanos;
  }

  private boolean isDone() {
    var ending = drain;
    if (ending == null) {
      return false;
    }
    boolean tooLate = parts.time().nanoTime() - ending.untilNanos >= 0;
    boolean noHope = hurried && link == null && retryAtNanos - ending.untilNanos >= 0;
    return tooLate || noHope || !spool.hasUnseen();
  }

  /** Does what is to be done now; returns the time of the next call, unless woken before. */
  long step() {
    long now = parts.time().nanoTime();
    try {
      return advance(now);
    } catch (RuntimeException e) {
      var failure =
          e instanceof SysmonstmException known
              ? known
              : new RequestException(ErrorCode.INTERNAL, "the transport failed: " + e, e);
      endLink(Optional.of(failure), now);
      return retryAtNanos;
    }
  }

  private long advance(long now) {
    if (drain != null && !hurried) {
      hurried = true;
      retryAtNanos = now;
    }
    if (link == null && now - retryAtNanos < 0) {
      return retryAtNanos;
    }
    var current = link == null ? connect(now) : link;
    // Looked at before the events, so that none is left behind when the stream has ended.
    var end = current.connection.end();
    handleEvents(current, now);
    if (end.isPresent()) {
      endLink(end.get().cause(), now);
      return retryAtNanos;
    }
    return carryOn(current, now);
  }

  private Link connect(long now) {
    counters.attempts().increment();
    var connection = new Connection(parts.time(), parts.waiter());
    var stream = parts.sender().open(parts.hello().get(), connection);
    var opened = new Link(connection, stream, now);
    link = opened;
    return opened;
  }

  private void handleEvents(Link current, long now) {
    for (var event = current.connection.poll();
        event.isPresent();
        event = current.connection.poll()) {
      switch (event.get()) {
        case Connection.Welcomed welcomed -> welcomed(current, welcomed);
        case Connection.Acknowledged acknowledged -> acknowledged(current, acknowledged.ack(), now);
      }
    }
  }

  private void welcomed(Link current, Connection.Welcomed event) {
    var welcome = event.welcome();
    current.welcomed(event.atNanos());
    welcome.committed().forEach((epoch, ranges) -> spool.forget(epoch, ranges.ranges()));
    state.connected(welcome, ClockSkew.measured(welcome.serverTime(), event.at(), event.atNanos()));
    LOG.info("collector_connected", "The stream is open.", "waiting_batches", spool.depth());
  }

  private void acknowledged(Link current, Ack ack, long now) {
    current.acknowledged();
    Duration pause = ack.retryAfter();
    switch (ack.durability()) {
      case DURABLE -> {
        counters.durable().add(spool.forget(ack.epoch(), ack.ranges()));
        if (state.lastDurableAck().isEmpty()) {
          LOG.info("collector_delivering", "The first batch is in history.");
        }
        state.durable(parts.time().instant());
        retry.worked();
        if (spool.depth() == 0) {
          quarantine.clear();
        }
      }
      case VOLATILE -> {
        counters.shown().add(spool.keepShown(ack.epoch(), ack.ranges()));
        state.shownOnly();
        pause = pause.compareTo(VOLATILE_PAUSE) < 0 ? VOLATILE_PAUSE : pause;
      }
    }
    pause = pause.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : pause;
    backlogNotBeforeNanos = now + pause.toNanos();
    ack.rejected().forEach(this::report);
  }

  private long carryOn(Link current, long now) {
    if (current.isStalled(now)) {
      current.stream.cancel();
      var stalled =
          new RequestException(
              ErrorCode.DEADLINE_EXCEEDED,
              "no answer within %d s".formatted(Link.STALL_NANOS / 1_000_000_000));
      endLink(Optional.of(stalled), now);
      return retryAtNanos;
    }
    if (current.isWelcomed() && hasClockStepped()) {
      // The server corrects times by what the hello said of the clock: say it anew.
      LOG.warn("collector_clock_stepped", "The wall clock was set: opening a new stream.", null);
      hangUp();
      retryAtNanos = now;
      return now;
    }
    if (current.isProven(now)) {
      retry.worked();
    }
    if (current.isWelcomed() && !current.isHalfClosed()) {
      send(current, now);
    }
    return nextLook(current, now);
  }

  private boolean hasClockStepped() {
    return state
        .skew()
        .filter(skew -> Math.abs(skew.steppedMillis(parts.time())) > MAX_CLOCK_STEP_MILLIS)
        .isPresent();
  }

  private void send(Link current, long now) {
    int window = quarantine.isActive() ? 1 : WINDOW;
    boolean ready = current.stream.isReady();
    while (ready && spool.inFlight() < window) {
      var batch = nextBatch(now);
      if (batch.isEmpty()) {
        break;
      }
      current.stream.send(batch.get());
      counters.sent().increment();
      ready = current.stream.isReady();
    }
    boolean more = spool.hasWaiting() && (!isPaused(now) || spool.hasUnseenWaiting());
    current.owes(spool.inFlight() > 0 || (!ready && more), now);
    if (drain != null && !more) {
      current.halfClose();
    }
  }

  private Optional<Batch> nextBatch(long now) {
    var fresh = spool.takeFresh(now - freshNanos);
    return fresh.isPresent() || isPaused(now) ? fresh : spool.takeBacklog(now - freshNanos);
  }

  private boolean isPaused(long now) {
    return now - backlogNotBeforeNanos < 0;
  }

  private long nextLook(Link current, long now) {
    long next = current.stallsAtNanos(now + Link.STALL_NANOS);
    boolean sooner = isPaused(now) && spool.hasWaiting() && backlogNotBeforeNanos - next < 0;
    return sooner ? backlogNotBeforeNanos : next;
  }

  private void endLink(Optional<SysmonstmException> cause, long now) {
    boolean wasWelcomed = link != null && link.isWelcomed();
    if (link != null && link.isProven(now)) {
      retry.worked();
    }
    link = null;
    if (Retry.isBadBatch(cause, wasWelcomed)) {
      quarantine.badBatch();
    }
    spool.rewind();
    long waitNanos = retry.afterNanos(cause, wasWelcomed);
    retryAtNanos = now + waitNanos;
    String code = cause.map(known -> known.code().name()).orElse("ended by the server");
    state.disconnected(code);
    Object[] fields = {
      "code",
      code,
      "reason",
      cause.map(Throwable::getMessage).orElse("the server ended the stream"),
      "retry_in_ms",
      waitNanos / 1_000_000
    };
    if (Retry.isRefusal(cause, wasWelcomed)) {
      LOG.error("collector_refused", "The aggregator refuses this collector.", null, fields);
    } else {
      LOG.warn("collector_stream_ended", "The stream ended; trying again.", null, fields);
    }
  }

  private void report(Rejection rejection) {
    counters.rejected(rejection.reason()).add(rejection.count());
    LOG.warn(
        "collector_samples_rejected",
        "The aggregator refused samples.",
        null,
        "metric",
        Names.shown(rejection.metric()),
        "reason",
        rejection.reason(),
        "count",
        rejection.count());
  }

  private void hangUp() {
    var current = link;
    link = null;
    if (current == null) {
      return;
    }
    state.disconnected("closed");
    try {
      if (spool.inFlight() == 0) {
        current.halfClose();
      } else {
        current.stream.cancel();
      }
    } catch (RuntimeException e) {
      LOG.warn("collector_close_failed", "The stream could not be closed.", e);
    }
    spool.rewind();
  }
}
