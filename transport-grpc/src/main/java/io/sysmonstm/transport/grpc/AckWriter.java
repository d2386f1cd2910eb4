package io.sysmonstm.transport.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Welcome;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a stream is answered, one at a time, though acknowledgements come from any
 * thread. A client that does not read keeps its acknowledgements here, joined; one that makes them
 * grow without bound is cut off.
 *
 * <p>Thread-safe. Never calls out while it holds its lock, except to write, which does not block.
 */
final class AckWriter {
  private final ServerCall<IngestRequest, IngestResponse> call;
  private final PendingAcks pending;
  private final Unanswered unanswered = new Unanswered();
  private @Nullable UUID helloEpoch;
  private @Nullable Status endWhenAnswered;
  private boolean ended;

  AckWriter(ServerCall<IngestRequest, IngestResponse> call, ServerCounters counters) {
    this.call = call;
    this.pending = new PendingAcks(counters.untold());
  }

  /** Writes the welcome, and the acknowledgements that may have come before it. */
  void welcome(Welcome welcome, UUID epoch) {
    synchronized (this) {
      if (ended) {
        return;
      }
      call.sendHeaders(new Metadata());
      call.sendMessage(AnswerCodec.encode(welcome));
      helloEpoch = epoch;
      drain(epoch);
    }
  }

  /** To be called before each offer. */
  synchronized void offering(UUID epoch, long seq) {
    unanswered.add(epoch, seq);
  }

  void acknowledge(Ack ack) {
    Status end;
    synchronized (this) {
      if (ended) {
        return;
      }
      unanswered.remove(ack);
      var epoch = helloEpoch;
      if (epoch != null && pending.isEmpty() && call.isReady()) {
        call.sendMessage(AnswerCodec.encode(ack, epoch));
        end = endIfAnswered();
      } else if (pending.add(ack)) {
        end = endIfAnswered();
      } else {
        ended = true;
        end =
            Status.RESOURCE_EXHAUSTED.withDescription(
                "more than %d ranges of acknowledgements wait: expected a client that reads them"
                    .formatted(PendingAcks.MAX_RANGES));
      }
    }
    close(end);
  }

  /** To be called when the client has read so far that more can be written. */
  void ready() {
    synchronized (this) {
      if (!ended && helloEpoch != null) {
        drain(helloEpoch);
      }
    }
  }

  /** Ends the stream as soon as all that was offered is acknowledged. */
  void endWhenAnswered(Status status) {
    Status end;
    synchronized (this) {
      endWhenAnswered = status;
      end = endIfAnswered();
    }
    close(end);
  }

  /** Ends the stream now, unless it has ended. */
  void end(Status status) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    close(status);
  }

  /** Ends a stream that was not welcomed. */
  void refuse(Status status) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    call.close(status, Overload.refused(status));
  }

  /** To be called when the client has gone: nothing is written any more. */
  synchronized void cancelled() {
    ended = true;
  }

  synchronized int unanswered() {
    return unanswered.size();
  }

  private @Nullable Status endIfAnswered() {
    if (ended || endWhenAnswered == null || !unanswered.isEmpty()) {
      return null;
    }
    if (helloEpoch != null) {
      drain(helloEpoch);
    }
    ended = true;
    return endWhenAnswered;
  }

  private void drain(UUID epoch) {
    for (var ack : pending.drain()) {
      call.sendMessage(AnswerCodec.encode(ack, epoch));
    }
  }

  // Once ended is set nobody else writes, so that closing needs no lock.
  private void close(@Nullable Status status) {
    if (status != null) {
      call.close(status, new Metadata());
    }
  }
}
