package io.sysmonstm.transport.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.transport.grpc.v1.Metric;
import io.sysmonstm.transport.grpc.v1.StreamAck;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one answer to a stream of single metrics: waits for every batch to be acknowledged, then says
 * what became of all. Thread-safe; acknowledgements come from any thread. Never calls out while it
 * holds its lock.
 */
final class MetricsAnswer {
  private static final EventLog LOG = EventLog.of(MetricsAnswer.class);

  private final ServerCall<Metric, StreamAck> call;
  private final ServerCounters counters;
  private final RejectionSummary rejected = new RejectionSummary();
  private int unanswered;
  private long uncommitted;
  private boolean overloaded;
  private long received;
  private boolean complete;
  private boolean ended;

  MetricsAnswer(ServerCall<Metric, StreamAck> call, ServerCounters counters) {
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
      StreamAck answer;
      synchronized (MetricsAnswer.this) {
        int before = batches.size();
        batches.remove(ack);
        int answered = before - batches.size();
        unanswered -= answered;
        if (ack.durability() == Ack.Durability.VOLATILE) {
          uncommitted += answered;
        }
        overloaded |= !ack.retryAfter().isZero();
        for (var rejection : ack.rejected()) {
          rejected.add(
              rejection.reason().name(),
              rejection.count(),
              "%s of %s".formatted(rejection.metric(), machineId));
        }
        answer = answerIfComplete();
      }
      send(answer);
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
    StreamAck answer;
    synchronized (this) {
      received = metricsReceived;
      complete = true;
      answer = answerIfComplete();
    }
    send(answer);
  }

  /** Answers although acknowledgements are missing. */
  void timedOut(Duration timeout) {
    StreamAck answer;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      answer =
          answer(
              "%d batches were not acknowledged within %s: send them again"
                  .formatted(unanswered, timeout));
    }
    send(answer);
  }

  /** Ends the stream without an answer, unless it has ended. */
  void end(Status status) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    counters.streamEnded(status.getCode());
    call.close(status, new Metadata());
  }

  /** To be called when the client has gone. */
  synchronized void cancelled() {
    if (!ended) {
      ended = true;
      counters.streamEnded(Status.Code.CANCELLED);
    }
  }

  private @Nullable StreamAck answerIfComplete() {
    if (ended || !complete || unanswered > 0) {
      return null;
    }
    ended = true;
    var why = overloaded ? "the server is overloaded" : "history is unavailable";
    return answer(
        uncommitted == 0 && !overloaded
            ? ""
            : "%d batches were not committed because %s".formatted(uncommitted, why));
  }

  private StreamAck answer(String problem) {
    return StreamAck.newBuilder()
        .setSuccess(problem.isEmpty())
        .setMetricsReceived(received)
        .setMetricsRejected(rejected.total())
        .setMessage(
            Stream.of(problem, rejected.toString())
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("; ")))
        .build();
  }

  // Once ended is set nobody else writes, so that writing needs no lock.
  private void send(@Nullable StreamAck answer) {
    if (answer != null) {
      counters.streamEnded(Status.Code.OK);
      LOG.debug(
          "stream_completed",
          "Answered a stream of single metrics",
          "success",
          answer.getSuccess(),
          "received",
          answer.getMetricsReceived(),
          "rejected",
          answer.getMetricsRejected());
      call.sendHeaders(new Metadata());
      call.sendMessage(answer);
      call.close(Status.OK, new Metadata());
    }
  }
}
