package io.sysmonstm.transport.grpc;

import io.grpc.ServerCall;
import io.grpc.Status;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.transport.grpc.v1.Metric;
import io.sysmonstm.transport.grpc.v1.StreamAck;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream of single metrics, of as many machines as its client has. Metrics are taken on the
 * event loop; what may block (opening, flushing and closing sessions) runs on the executor, with no
 * more metrics asked for meanwhile. The lock makes all of them one thread to the sessions; see
 * {@link IngestStream} for why acknowledgements do not take it.
 */
final class MetricsStream extends ServerCall.Listener<byte[]> implements OpenStreams.Endable {
  private static final int REMEMBERED_SERIES = 20_000;
  private static final int REMEMBERED_REFUSALS = 1_000;

  private final ServerParts parts;
  private final Caller caller;
  private final MetricsAnswer answer;
  private final ReadGate gate;

  private final Object lock = new Object();
  // All guarded by the lock.
  private final Map<String, MachineFeed> feeds = new HashMap<>();
  private final Map<String, ErrorCode> refused = new HashMap<>();
  private final MetricPatterns patterns = new MetricPatterns();
  private final SeriesLookup.Budget budget = new SeriesLookup.Budget(REMEMBERED_SERIES);
  private long received;
  private boolean opening;
  private boolean halfClosed;
  private boolean ended;
  private boolean flushPlanned;
  private @Nullable Future<?> answerTimeout;

  MetricsStream(ServerCall<byte[], StreamAck> call, ServerParts parts, Caller caller) {
    this.parts = parts;
    this.caller = caller;
    answer = new MetricsAnswer(call, parts.counters());
    gate = new ReadGate(() -> call.request(1), parts.executor());
  }

  void start() {
    parts.open().add(this);
    gate.next();
  }

  @Override
  public void onMessage(byte[] message) {
    synchronized (lock) {
      if (ended) {
        return;
      }
      try {
        if (takeExpected(message) || take(message)) {
          gate.next();
        }
      } catch (RuntimeException failure) {
        end(ServerParts.statusOf(failure));
      }
    }
  }

  // Tells whether it was the one that usually comes now.
  private boolean takeExpected(byte[] message) {
    var expected = patterns.expected();
    if (expected == null
        || !expected.matches(message)
        || !MachineFeed.accepts(expected.series(), expected.value(), expected.timestampMillis())) {
      return false;
    }
    received++;
    patterns.came(expected);
    var feed = expected.feed();
    if (feed.add(expected.series(), expected.value(), expected.timestampMillis(), parts.time())) {
      planFlush();
    }
    return true;
  }

  // Tells whether the next may be read now.
  private boolean take(byte[] message) {
    var metric = MetricMarshaller.parse(message);
    received++;
    var machineId = metric.getMachineId();
    var feed = feeds.get(machineId);
    if (feed != null) {
      add(feed, metric, message);
      return true;
    }
    caller.requireIs(machineId);
    var refusal = refused.get(machineId);
    if (refusal != null) {
      answer.refused("MACHINE_" + refusal, machineId);
      return true;
    }
    if (Names.machineIdProblem(machineId).isPresent()) {
      answer.refused("BAD_MACHINE_ID", "'" + Names.shown(machineId) + "'");
      return true;
    }
    if (feeds.size() >= parts.limits().machines()) {
      answer.refused(
          "TOO_MANY_MACHINES",
          "%s; expected at most %d in one stream".formatted(machineId, parts.limits().machines()));
      return true;
    }
    opening = true;
    parts.executor().execute(() -> open(metric, message));
    return false;
  }

  private void add(MachineFeed feed, Metric metric, byte[] message) {
    if (feed.take(metric, message, parts.time())) {
      planFlush();
    }
  }

  private void open(Metric first, byte[] message) {
    var machineId = first.getMachineId();
    var resource = Resource.builder(HelloCodec.hostname(first.getHostname(), machineId)).build();
    var reply =
        new MachineReply(machineId, answer, answer.new OfMachine(machineId), gate.newValve());
    try {
      var session = parts.ingest().openUnnumbered(machineId, resource, reply);
      boolean adopted;
      synchronized (lock) {
        adopted = !ended;
        if (adopted) {
          var feed =
              new MachineFeed(
                  reply,
                  session,
                  new SeriesLookup(session, budget),
                  patterns,
                  parts.limits().mergeSamples());
          feeds.put(machineId, feed);
          add(feed, first, message);
        }
      }
      if (!adopted) {
        session.close();
        return;
      }
    } catch (SysmonstmException refusal) {
      if (isFault(refusal.code())) {
        end(Statuses.of(refusal));
        return;
      }
      refuse(machineId, refusal);
    } catch (RuntimeException fault) {
      end(ServerParts.statusOf(fault));
      return;
    }
    proceed();
  }

  // A refusal of one machine lets the others go on; a fault is no verdict, and the client shall try
  // again.
  private static boolean isFault(ErrorCode code) {
    return switch (code) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL -> true;
      case INVALID_ARGUMENT,
          NOT_FOUND,
          UNAUTHENTICATED,
          PERMISSION_DENIED,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION ->
          false;
    };
  }

  private void refuse(String machineId, SysmonstmException refusal) {
    synchronized (lock) {
      if (refused.size() < REMEMBERED_REFUSALS) {
        refused.put(machineId, refusal.code());
      }
    }
    answer.refused("MACHINE_" + refusal.code(), machineId + ": " + refusal.getMessage());
  }

  private void proceed() {
    boolean over;
    synchronized (lock) {
      opening = false;
      over = halfClosed;
    }
    if (over) {
      flushAll();
    } else {
      gate.next();
    }
  }

  private void planFlush() {
    if (!flushPlanned) {
      planFlush(parts.limits().mergeAge().toNanos());
    }
  }

  private void planFlush(long nanos) {
    flushPlanned = true;
    var _ = parts.timer().schedule(this::flushAged, nanos, TimeUnit.NANOSECONDS);
  }

  private void flushAged() {
    synchronized (lock) {
      flushPlanned = false;
      if (ended || halfClosed) {
        return;
      }
      try {
        long next = flushOlderThan(parts.limits().mergeAge().toNanos());
        if (next < Long.MAX_VALUE) {
          planFlush(next);
        }
      } catch (RuntimeException failure) {
        end(ServerParts.statusOf(failure));
      }
    }
  }

  // Returns in how many nanoseconds the next batch will be that old.
  private long flushOlderThan(long maxAge) {
    long now = parts.time().nanoTime();
    long next = Long.MAX_VALUE;
    for (var feed : feeds.values()) {
      if (!feed.isEmpty()) {
        long left = maxAge - (now - feed.sinceNanos());
        if (left <= 0) {
          feed.flush();
        } else {
          next = Math.min(next, left);
        }
      }
    }
    return next;
  }

  @Override
  public void onHalfClose() {
    synchronized (lock) {
      halfClosed = true;
      if (!ended && !opening) {
        parts.executor().execute(this::flushAll);
      }
    }
  }

  private void flushAll() {
    long all;
    synchronized (lock) {
      if (ended) {
        return;
      }
      answerTimeout =
          parts
              .timer()
              .schedule(
                  () -> answer.timedOut(parts.limits().answerTimeout()),
                  parts.limits().answerTimeout().toNanos(),
                  TimeUnit.NANOSECONDS);
      all = received;
      try {
        feeds.values().forEach(MachineFeed::finish);
      } catch (RuntimeException failure) {
        answer.end(ServerParts.statusOf(failure));
        return;
      }
    }
    answer.complete(all);
  }

  /** Lets the client go on until it half-closes: only then it learns what became of its metrics. */
  @Override
  public void finish(Status status) {}

  @Override
  public void end(Status status) {
    answer.end(status);
  }

  @Override
  public Caller caller() {
    return caller;
  }

  @Override
  public void onCancel() {
    answer.cancelled();
    parts.executor().execute(this::release);
  }

  @Override
  public void onComplete() {
    parts.executor().execute(this::release);
  }

  private void release() {
    parts.open().remove(this);
    synchronized (lock) {
      ended = true;
      if (answerTimeout != null) {
        answerTimeout.cancel(false);
      }
      feeds.values().forEach(MetricsStream::abandon);
      feeds.clear();
      patterns.clear();
    }
  }

  // What the client sent before it went was received, and is kept.
  private static void abandon(MachineFeed feed) {
    try {
      feed.flush();
    } catch (RuntimeException failure) {
      var _ = ServerParts.statusOf(failure);
    }
    feed.close();
  }
}
