package io.sysmonstm.collector.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.spi.Welcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a stream open and empties the spool into it, for ever. One thread calls {@link #step} again
 * and again; it looks at what the transport told, sends what may be sent, and says when it wants to
 * be called next. Nothing is taken out of the spool before history has it, so that a lost stream
 * costs only the sending.
 *
 * <p>Order: batches of the last three intervals first, then the backlog, oldest first. While
 * history is unavailable (volatile acknowledgements) only fresh batches go, one of which will find
 * it back.
 */
final class Delivery {
  /**
   * The retry interval where trying more often cannot help: credentials, a machine id in use, a
   * refused hello.
   */
  static final long REFUSED_RETRY_NANOS = Duration.ofSeconds(60).toNanos();

  /** The least pause of the backlog after a volatile acknowledgement. */
  static final long VOLATILE_PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

  /** The most batches in flight. */
  static final int WINDOW = 32;

  private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);
  private static final long MAX_CLOCK_STEP_MILLIS = 5_000;
  private static final int MAX_STRIKES = 3;
  private static final EventLog LOG = EventLog.of(Delivery.class);

  private final DeliveryParts parts;
  private final Spool spool;
  private final Backoff backoff;
  private final LongAdder attempts;
  private final LongAdder sent;
  private final LongAdder durable;
  private final LongAdder shownOnly;
  private final long freshNanos;

  private @Nullable Link link;
  private long retryAtNanos;
  private long backlogNotBeforeNanos;
  private boolean suspicious;
  private long suspectSeq;
  private int strikes;
  private boolean hurried;

  private volatile @Nullable Drain drain;
  private volatile Optional<String> problem = Optional.of("not connected yet");
  private volatile boolean connected;
  private volatile @Nullable Instant lastDurableAck;
  private volatile @Nullable ClockSkew skew;
  private volatile int maxBatchSamples = Integer.MAX_VALUE;

  private record Drain(long untilNanos) {}

  Delivery(DeliveryParts parts, Duration interval) {
    this.parts = parts;
    this.spool = parts.spool();
    this.backoff = new Backoff(parts.random());
    this.freshNanos = interval.multipliedBy(3).toNanos();
    this.attempts =
        parts.metrics().counter("collector_connect_attempts_total", "Streams that were opened.");
    this.sent = parts.metrics().counter("collector_batches_sent_total", "Batches sent.");
    this.durable = acknowledged("durable");
    this.shownOnly = acknowledged("volatile");
    this.retryAtNanos = parts.time().nanoTime();
    this.backlogNotBeforeNanos = retryAtNanos;
  }

  private LongAdder acknowledged(String how) {
    return parts
        .metrics()
        .counter(
            "collector_batches_acknowledged_total",
            "Batches acknowledged: durable, or volatile and so to be sent again.",
            Labels.of("durability", how));
  }

  /** Runs until drained or interrupted. */
  void run() {
    try {
      while (!isDone()) {
        parts.waiter().awaitUntil(notPastTheEnd(step()));
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

  /** What keeps batches from history, empty where nothing does. Any thread. */
  Optional<String> problem() {
    return problem;
  }

  /** Whether the server has welcomed the stream that is open. Any thread. */
  boolean isConnected() {
    return connected;
  }

  /** When the last batch was acknowledged as durable. Any thread. */
  Optional<Instant> lastDurableAck() {
    return Optional.ofNullable(lastDurableAck);
  }

  /** The clock's lead, empty before the first welcome. Any thread. */
  Optional<ClockSkew> skew() {
    return Optional.ofNullable(skew);
  }

  /** The most samples of a batch that the server takes. Any thread. */
  int maxBatchSamples() {
    return maxBatchSamples;
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
      retryAtNanos = link == null ? now : retryAtNanos;
    }
    if (link == null && now - retryAtNanos < 0) {
      return retryAtNanos;
    }
    var current = link == null ? connect(now) : link;
    var end = current.connection.end();
    for (var event = current.connection.poll();
        event.isPresent();
        event = current.connection.poll()) {
      switch (event.get()) {
        case Connection.Welcomed welcomed -> welcomed(current, welcomed);
        case Connection.Acknowledged acknowledged -> acknowledged(current, acknowledged.ack(), now);
      }
    }
    if (end.isPresent()) {
      endLink(end.get().cause(), now);
      return retryAtNanos;
    }
    return carryOn(current, now);
  }

  private Link connect(long now) {
    attempts.increment();
    var connection = new Connection(parts.time(), parts.waiter());
    Hello hello = parts.hello().get();
    var opened = new Link(connection, parts.sender().open(hello, connection), now);
    link = opened;
    return opened;
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
      backoff.reset();
    }
    if (current.isWelcomed() && !current.isHalfClosed()) {
      send(current, now);
    }
    return nextLook(current, now);
  }

  private void send(Link current, long now) {
    int window = suspicious ? 1 : WINDOW;
    boolean ready = current.stream.isReady();
    while (ready && spool.inFlight() < window) {
      var batch = nextBatch(now);
      if (batch.isEmpty()) {
        break;
      }
      current.stream.send(batch.get());
      sent.increment();
      ready = current.stream.isReady();
    }
    boolean more = maySendMore(now);
    current.owes(spool.inFlight() > 0 || (!ready && more), now);
    if (drain != null && !more) {
      current.halfClose();
    }
  }

  private Optional<Batch> nextBatch(long now) {
    var fresh = spool.takeFresh(now - freshNanos);
    return fresh.isPresent() || now - backlogNotBeforeNanos < 0
        ? fresh
        : spool.takeBacklog(now - freshNanos);
  }

  private boolean maySendMore(long now) {
    return spool.hasWaiting() && (now - backlogNotBeforeNanos >= 0 || spool.hasUnseen());
  }

  private long nextLook(Link current, long now) {
    long next = current.stallsAtNanos(now + Link.STALL_NANOS);
    boolean paused = now - backlogNotBeforeNanos < 0 && spool.hasWaiting();
    return paused && backlogNotBeforeNanos - next < 0 ? backlogNotBeforeNanos : next;
  }

  private void welcomed(Link current, Connection.Welcomed event) {
    Welcome welcome = event.welcome();
    current.welcomed(event.atNanos());
    welcome.committed().forEach((epoch, ranges) -> spool.forget(epoch, ranges.ranges()));
    skew = ClockSkew.measured(welcome.serverTime(), event.at(), event.atNanos());
    maxBatchSamples = welcome.maxBatchSamples() > 0 ? welcome.maxBatchSamples() : Integer.MAX_VALUE;
    connected = true;
    problem = Optional.empty();
    LOG.info("collector_connected", "The stream is open.", "waiting_batches", spool.depth());
  }

  private void acknowledged(Link current, Ack ack, long now) {
    current.acknowledged();
    long pause = Math.clamp(ack.retryAfter().toNanos(), 0, MAX_RETRY_AFTER.toNanos());
    switch (ack.durability()) {
      case DURABLE -> {
        durable.add(spool.forget(ack.epoch(), ack.ranges()));
        lastDurableAck = parts.time().instant();
        problem = Optional.empty();
        backoff.reset();
        suspicious &= spool.depth() > 0;
      }
      case VOLATILE -> {
        shownOnly.add(spool.keepShown(ack.epoch(), ack.ranges()));
        problem = Optional.of("the aggregator cannot write history");
        pause = Math.max(pause, VOLATILE_PAUSE_NANOS);
      }
    }
    backlogNotBeforeNanos = now + pause;
    ack.rejected().forEach(this::report);
  }

  private void report(Rejection rejection) {
    parts
        .metrics()
        .counter(
            "collector_samples_rejected_total",
            "Samples that the aggregator refused.",
            Labels.of("reason", rejection.reason().name()))
        .add(rejection.count());
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

  private boolean hasClockStepped() {
    var known = skew;
    return known != null && Math.abs(known.steppedMillis(parts.time())) > MAX_CLOCK_STEP_MILLIS;
  }

  private void endLink(Optional<SysmonstmException> cause, long now) {
    boolean wasWelcomed = link != null && link.isWelcomed();
    if (link != null && link.isProven(now)) {
      backoff.reset();
    }
    link = null;
    connected = false;
    cause
        .filter(why -> wasWelcomed && why.code() == ErrorCode.INVALID_ARGUMENT)
        .ifPresent(why -> suspect());
    spool.rewind();
    boolean refused = cause.isPresent() && isRefusal(cause.get().code(), wasWelcomed);
    retryAtNanos = now + (refused ? REFUSED_RETRY_NANOS : backoff.nextNanos());
    report(cause, refused, Duration.ofNanos(retryAtNanos - now));
  }

  /** Whether somebody has to mend something first, so that trying more often is no use. */
  private static boolean isRefusal(ErrorCode code, boolean wasWelcomed) {
    return switch (code) {
      case UNAUTHENTICATED, PERMISSION_DENIED, FAILED_PRECONDITION -> true;
      case INVALID_ARGUMENT, NOT_FOUND -> !wasWelcomed;
      case RESOURCE_EXHAUSTED, UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL -> false;
    };
  }

  /**
   * The server found fault with something in flight. From now on batches go one by one, so that the
   * one at fault shows; at the third time it is given up, or it would block all others for ever.
   */
  private void suspect() {
    suspicious = true;
    spool.onlyInFlight().ifPresent(this::strike);
  }

  private void strike(Batch batch) {
    strikes = batch.seq() == suspectSeq ? strikes + 1 : 1;
    suspectSeq = batch.seq();
    if (strikes >= MAX_STRIKES) {
      spool.discard(batch);
      suspicious = false;
      strikes = 0;
      LOG.error(
          "collector_batch_discarded",
          "The aggregator refuses this batch as malformed; it is given up.",
          null,
          "batch",
          batch);
    }
  }

  private void report(Optional<SysmonstmException> cause, boolean refused, Duration retryIn) {
    String why = cause.map(Throwable::getMessage).orElse("the server ended the stream");
    String code = cause.map(known -> known.code().name()).orElse("OK");
    problem = Optional.of("not connected: " + code);
    Object[] fields = {"code", code, "reason", why, "retry_in_ms", retryIn.toMillis()};
    if (refused) {
      LOG.error("collector_refused", "The aggregator refuses this collector.", null, fields);
    } else {
      LOG.warn("collector_stream_ended", "The stream ended; trying again.", null, fields);
    }
  }

  private void hangUp() {
    var current = link;
    link = null;
    connected = false;
    if (current == null) {
      return;
    }
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
