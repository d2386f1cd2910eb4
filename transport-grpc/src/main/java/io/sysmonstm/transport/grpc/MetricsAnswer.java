package io.sysmonstm.transport.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.transport.grpc.v1.StreamAck;
import java.time.Duration;
import java.util.UUID;

/**
 * The one answer to a stream of single metrics: waits for every batch to be acknowledged, then says
 * what became of all. A stream of which a part was not committed fails with a status, since its
 * client keeps no numbers by which it could tell which part to send again. Thread-safe;
 * acknowledgements come from any thread. Never calls out while it holds its lock.
 */
final class MetricsAnswer {
  private static final EventLog LOG = EventLog.of(MetricsAnswer.class);

  private final ServerCall<?, StreamAck> call;
  private final ServerCounters counters;
  private final RejectionSummary rejected = new RejectionSummary();
  private int unanswered;
  private long uncommitted;
  private Duration retryAfter = Duration.ZERO;
  private long received;
  private boolean complete;
  private boolean ended;

  MetricsAnswer(ServerCall<?, StreamAck> call, ServerCounters counters) {
    this.call = call;
    this.counters = counters;
  }

  /** The answers to the batches of one machine; epochs of machines may be the same. */
  final class OfMachine {
    private final String machineId;
    private final Unanswered batches = new Unanswered();

    OfMachine(String machineId) {
      this.machineId = machineId;
    }

    /** To be called before each offer. */
    void offering(UUID epoch, long seq) {
      synchronized (MetricsAnswer.this) {
        batches.add(epoch, seq);
        unanswered++;
      }
    }

    void acknowledge(Ack ack) {
      Runnable answer;
      synchronized (MetricsAnswer.this) {
        int before = batches.size();
        batches.remove(ack);
        int answered = before - batches.size();
        unanswered -= answered;
        if (ack.durability() == Ack.Durability.VOLATILE) {
          uncommitted += answered;
        }
        if (ack.retryAfter().compareTo(retryAfter) > 0) {
          retryAfter = ack.retryAfter();
        }
        for (var rejection : ack.rejected()) {
          rejected.add(
              rejection.reason().name(),
              rejection.count(),
              "%s of %s".formatted(rejection.metric(), machineId));
        }
        answer = answerIfComplete();
      }
      answer.run();
    }
  }

  /** Counts metrics that were refused without being offered. */
  void refused(String reason, String example) {
    counters.refused(reason, 1);
    synchronized (this) {
      rejected.add(reason, 1, example);
    }
  }

  /** Says that all was offered; the answer goes out with the last acknowledgement. */
  void complete(long metricsReceived) {
    Runnable answer;
    synchronized (this) {
      received = metricsReceived;
      complete = true;
      answer = answerIfComplete();
    }
    answer.run();
  }

  /** Answers although acknowledgements are missing. */
  void timedOut(Duration timeout) {
    Status status;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      status =
          Status.DEADLINE_EXCEEDED.withDescription(
              "%d batches were not acknowledged within %s; %s"
                  .formatted(unanswered, timeout, inAll()));
    }
    close(status, Duration.ZERO);
  }

  /** Ends the stream without an answer, unless it has ended. */
  void end(Status status) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    close(status, Duration.ZERO);
  }

  /** To be called when the client has gone. */
  synchronized void cancelled() {
    ended = true;
  }

  // What to do about it once the lock is let go of.
  private Runnable answerIfComplete() {
    if (ended || !complete || unanswered > 0) {
      return () -> {};
    }
    ended = true;
    if (uncommitted == 0 && retryAfter.isZero()) {
      var ack =
          StreamAck.newBuilder()
              .setSuccess(true)
              .setMetricsReceived(received)
              .setMetricsRejected(rejected.total())
              .setMessage(rejected.toString())
              .build();
      return () -> send(ack);
    }
    boolean overloaded = !retryAfter.isZero();
    var status =
        (overloaded ? Status.RESOURCE_EXHAUSTED : Status.UNAVAILABLE)
            .withDescription(
                "%d batches were not committed because %s; %s"
                    .formatted(
                        uncommitted,
                        overloaded ? "the server is overloaded" : "history is unavailable",
                        inAll()));
    var when = retryAfter;
    return () -> close(status, when);
  }

  private String inAll() {
    return rejected.total() == 0
        ? "%d metrics were received".formatted(received)
        : "%d metrics were received, %s".formatted(received, rejected);
  }

  // Once ended is set nobody else writes, so that writing needs no lock.
  private void send(StreamAck answer) {
    LOG.debug(
        "stream_completed",
        "Answered a stream of single metrics",
        "received",
        answer.getMetricsReceived(),
        "rejected",
        answer.getMetricsRejected());
    call.sendHeaders(new Metadata());
    call.sendMessage(answer);
    call.close(Status.OK, new Metadata());
  }

  private void close(Status status, Duration when) {
    call.close(status, Overload.trailers(when));
  }
}
