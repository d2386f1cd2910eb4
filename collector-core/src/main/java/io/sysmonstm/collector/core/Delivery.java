package io.sysmonstm.collector.core;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.collector.core.internal.spool.Spool;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Welcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a stream open and empties the spool into it, for ever. Its thread calls {@link #step} again
 * and again; it looks at what the transport told, sends what may be sent, and says when it wants to
 * be called next. While all is calm, which is when history has all batches but the newest, the
 * thread sleeps: the schedule's thread sends the batch that it has made, and what was acknowledged
 * is looked at by the next one. Nothing is taken out of the spool before history has it, so that a
 * lost stream costs only the sending.
 *
 * <p>{@link Lanes} says which batch goes next. The times between attempts begin anew once a stream
 * has brought a durable acknowledgement, or has lived and been acknowledged for half a minute.
 */
final class Delivery {
  private record Drain(long untilNanos) {}

  private final DeliveryParts parts;
  private final Spool spool;
  // Held while anything but the drain is read or written.
  private final ReentrantLock turn = new ReentrantLock();
  private final Retry retry;
  private final Quarantine quarantine;
  private final DeliveryCounters counters;
  private final DeliveryState state = new DeliveryState();
  private final Lanes lanes;
  private final ClockWatch clocks;
  private volatile @Nullable Link link;
  private long retryAtNanos;
  private boolean hurried;
  private boolean ended;
  // Until when the thread sleeps.
  private long wakesAtNanos;
  private volatile @Nullable Drain drain;

  Delivery(DeliveryParts parts, Duration interval) {
    this.parts = parts;
    this.spool = parts.spool();
    this.retry = new Retry(parts.random());
    this.quarantine = new Quarantine(spool);
    this.counters = DeliveryCounters.of(parts.metrics());
    this.retryAtNanos = parts.time().nanoTime();
    this.lanes = new Lanes(spool, interval, retryAtNanos);
    this.clocks = new ClockWatch(parts.time());
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
      end();
    }
  }

  private void end() {
    turn.lock();
    try {
      ended = true;
      hangUp();
    } finally {
      turn.unlock();
    }
  }

  /**
   * Says that a batch was spooled: sends it at once, in this thread, where all is calm; else wakes
   * the thread that delivers. Never waits for that one.
   */
  void spooled() {
    if (!stepIfCalm()) {
      parts.waiter().wake();
    }
  }

  /** Looks at what was acknowledged since the last batch, where that was left for later. */
  void catchUp() {
    stepIfCalm();
  }

  private boolean stepIfCalm() {
    var current = link;
    if (current == null || !current.connection.isCalm() || !turn.tryLock()) {
      return false;
    }
    try {
      long sleepsUntil = wakesAtNanos;
      if (!ended && step() - sleepsUntil < 0) {
        parts.waiter().wake();
      } else {
        wakesAtNanos = sleepsUntil;
      }
      return true;
    } finally {
      turn.unlock();
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
    turn.lock();
    try {
      return isDone(ending);
    } finally {
      turn.unlock();
    }
  }

  private boolean isDone(Drain ending) {
    boolean tooLate = parts.time().nanoTime() - ending.untilNanos >= 0;
    boolean noHope = hurried && link == null && retryAtNanos - ending.untilNanos >= 0;
    return tooLate || noHope || !spool.hasUnseen();
  }

  /** Does what is to be done now; returns the time of the next call, unless woken before. */
  long step() {
    turn.lock();
    try {
      wakesAtNanos = advanceOrFail(parts.time().nanoTime());
      return wakesAtNanos;
    } finally {
      turn.unlock();
    }
  }

  private long advanceOrFail(long now) {
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
      lanes.drain();
      retryAtNanos = now;
    }
    if (clocks.hasStepped()) {
      // Maybe the machine slept: what was fresh is not, and waiting on makes no sense.
      lanes.aged(now);
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
    var hello = parts.hello().get();
    var stream = parts.sender().open(hello, connection);
    var opened = new Link(connection, stream, hello.samplesDropped(), now);
    link = opened;
    return opened;
  }

  private void handleEvents(Link current, long now) {
    for (var event = current.connection.poll();
        event.isPresent();
        event = current.connection.poll()) {
      // No switch over types: the JVM would make classes for it at each start.
      if (event.get() instanceof Connection.Acknowledged acknowledged) {
        acknowledged(current, acknowledged.ack(), now);
      } else if (event.get() instanceof Connection.Welcomed welcomed) {
        welcomed(current, welcomed);
      }
    }
  }

  private void welcomed(Link current, Connection.Welcomed event) {
    var welcome = event.welcome();
    current.welcomed(event.atNanos());
    spool.told(current.toldDropped);
    welcome.committed().forEach((epoch, ranges) -> spool.forget(epoch, ranges.ranges()));
    checkNumbers(welcome);
    state.connected(welcome, ClockSkew.measured(welcome.serverTime(), event.at(), event.atNanos()));
    DeliveryLog.connected(spool.depth());
  }

  private void checkNumbers(Welcome welcome) {
    var own = welcome.committed().get(spool.epoch());
    if (own != null && !own.isEmpty() && spool.renumber(own.ranges().getLast().last())) {
      DeliveryLog.epochConflict();
    }
  }

  private void acknowledged(Link current, Ack ack, long now) {
    current.acknowledged();
    lanes.acknowledged(ack, now);
    switch (ack.durability()) {
      case DURABLE -> {
        int forgotten = spool.forget(ack.epoch(), ack.ranges());
        counters.durable().add(forgotten);
        if (state.lastDurableAck().isEmpty()) {
          DeliveryLog.firstDurable();
        }
        state.durable(parts.time().instant());
        retry.worked();
        quarantine.passed(forgotten, spool.depth() == 0);
      }
      case VOLATILE -> {
        counters.shown().add(spool.keepShown(ack.epoch(), ack.ranges()));
        state.shownOnly();
      }
    }
    for (var rejection : ack.rejected()) {
      counters.rejected(rejection.reason()).add(rejection.count());
      DeliveryLog.rejected(rejection);
    }
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
      DeliveryLog.clockStepped();
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
        .filter(skew -> Math.abs(skew.steppedMillis(parts.time())) > ClockWatch.MAX_STEP_MILLIS)
        .isPresent();
  }

  private void send(Link current, long now) {
    int window = quarantine.isActive() ? 1 : Lanes.WINDOW;
    boolean ready = current.stream.isReady();
    while (ready && spool.inFlight() < window) {
      var batch = lanes.next(now);
      if (batch.isEmpty()) {
        break;
      }
      current.stream.send(batch.get());
      counters.sent().increment();
      ready = current.stream.isReady();
    }
    boolean more = lanes.hasMore(now);
    current.owes(spool.inFlight() > 0 || (!ready && more), now);
    if (drain != null && !more) {
      current.halfClose();
    }
    current.connection.setCalm(ready && isCalm());
  }

  /** Whether nobody waits for what the next acknowledgement says. */
  private boolean isCalm() {
    return drain == null && !spool.hasWaiting() && !quarantine.isActive() && state.isDelivering();
  }

  private long nextLook(Link current, long now) {
    return lanes.wakesAtNanos(now, current.stallsAtNanos(now + Link.STALL_NANOS));
  }

  private void endLink(Optional<SysmonstmException> cause, long now) {
    var ended = link;
    link = null;
    boolean wasWelcomed = ended != null && ended.isWelcomed();
    if (ended != null && ended.isProven(now)) {
      retry.worked();
    }
    var retryAfter = ended == null ? Duration.ZERO : ended.connection.retryAfter();
    if (Retry.isBadBatch(cause, wasWelcomed, retryAfter)) {
      quarantine.badBatch();
    }
    spool.rewind();
    long waitNanos =
        Math.max(retry.afterNanos(cause, wasWelcomed), Lanes.atMost(retryAfter).toNanos());
    retryAtNanos = now + waitNanos;
    if (Retry.isFenced(cause, wasWelcomed)) {
      state.fenced(now);
    } else {
      state.disconnected(DeliveryLog.code(cause));
    }
    DeliveryLog.ended(cause, Retry.isRefusal(cause, wasWelcomed), waitNanos);
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
      DeliveryLog.closeFailed(e);
    }
    spool.rewind();
  }
}
