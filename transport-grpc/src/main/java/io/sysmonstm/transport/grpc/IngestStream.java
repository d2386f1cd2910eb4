package io.sysmonstm.transport.grpc;

import io.grpc.ServerCall;
import io.grpc.Status;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.IngestReply;
import io.sysmonstm.spi.IngestSession;
import io.sysmonstm.transport.grpc.v1.Batch;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a native collector. Messages come on the event loop and are decoded and offered
 * right there; opening, flushing and closing the session may block and run on the executor. The
 * lock makes all of them one thread to the session. It is never taken by what the aggregator calls
 * ({@link AckWriter} and {@link ReadGate} have their own), so that the aggregator may hold locks
 * while it calls.
 */
final class IngestStream extends ServerCall.Listener<IngestRequest>
    implements IngestReply, OpenStreams.Endable {
  private static final Status AGED =
      Status.UNAVAILABLE.withDescription("the stream has lasted long enough; connect again");

  private enum Phase {
    AWAITING_HELLO,
    OPENING,
    OPEN,
    ENDED
  }

  private final ServerParts parts;
  private final Caller caller;
  private final TolerantMarshaller<IngestRequest> marshaller;
  private final AckWriter writer;
  private final ReadGate gate;
  private final ReadGate.Valve valve;
  private final Future<?> helloTimeout;
  private final Future<?> age;

  private final Object lock = new Object();
  // All guarded by the lock.
  private Phase phase = Phase.AWAITING_HELLO;
  private @Nullable IngestSession session;
  private @Nullable BatchDecoder decoder;
  private @Nullable Status finishing;
  private @Nullable Future<?> answerTimeout;

  IngestStream(
      ServerCall<IngestRequest, IngestResponse> call,
      ServerParts parts,
      TolerantMarshaller<IngestRequest> marshaller,
      Caller caller) {
    this.parts = parts;
    this.caller = caller;
    this.marshaller = marshaller;
    writer = new AckWriter(call, parts.counters());
    gate = new ReadGate(() -> call.request(1), parts.executor());
    valve = gate.newValve();
    helloTimeout =
        parts
            .timer()
            .schedule(
                this::helloMissing, parts.limits().helloTimeout().toNanos(), TimeUnit.NANOSECONDS);
    age =
        parts
            .timer()
            .schedule(() -> finish(AGED), parts.limits().age().toNanos(), TimeUnit.NANOSECONDS);
  }

  void start() {
    parts.open().add(this);
    gate.next();
  }

  @Override
  public void onMessage(IngestRequest request) {
    synchronized (lock) {
      if (phase == Phase.ENDED || finishing != null) {
        return;
      }
      try {
        marshaller.check(request);
        switch (request.getKindCase()) {
          case HELLO -> take(request.getHello());
          case BATCH -> take(request.getBatch());
          // Something that a newer collector also says.
          case KIND_NOT_SET -> gate.next();
        }
      } catch (RuntimeException failure) {
        end(ServerParts.statusOf(failure));
      }
    }
  }

  private void take(io.sysmonstm.transport.grpc.v1.Hello wire) {
    caller.requireIs(wire.getMachineId());
    if (phase != Phase.AWAITING_HELLO) {
      throw Statuses.invalid("second Hello on one stream: expected exactly one");
    }
    var hello = HelloCodec.decode(wire);
    helloTimeout.cancel(false);
    phase = Phase.OPENING;
    parts.executor().execute(() -> open(hello));
  }

  private void open(Hello hello) {
    try {
      var opened = parts.ingest().open(hello, this);
      if (adopt(hello.machineId(), opened)) {
        writer.welcome(opened.welcome(), opened.epoch());
        proceed();
      } else {
        opened.close();
      }
    } catch (RuntimeException refused) {
      writer.refuse(ServerParts.statusOf(refused));
    }
  }

  private boolean adopt(String machineId, IngestSession opened) {
    var newDecoder = new BatchDecoder(machineId, opened);
    synchronized (lock) {
      if (phase == Phase.ENDED) {
        return false;
      }
      phase = Phase.OPEN;
      session = opened;
      decoder = newDecoder;
      return true;
    }
  }

  // After the session was opened: the client may have half-closed meanwhile, or the server begun to
  // stop.
  private void proceed() {
    boolean over;
    synchronized (lock) {
      over = finishing != null;
    }
    if (over) {
      flushAndEnd();
    } else {
      gate.next();
    }
  }

  private void take(Batch wire) {
    if (session == null || decoder == null) {
      throw Statuses.invalid("batch before the Hello: expected the Hello first");
    }
    var decoded = decoder.decode(wire);
    writer.offering(decoded.batch().epoch(), decoded.batch().seq());
    valve.offering();
    valve.offered(offer(session, decoded));
    gate.next();
  }

  private boolean offer(IngestSession into, BatchDecoder.Decoded decoded) {
    try {
      return into.offer(decoded.batch(), decoded.rejected());
    } catch (RequestException e) {
      if (e.code() == ErrorCode.FAILED_PRECONDITION) {
        end(e);
        return true;
      }
      throw e;
    }
  }

  @Override
  public void end(RequestException why) {
    end(
        why.code() == ErrorCode.FAILED_PRECONDITION
            ? Status.ABORTED.withDescription(why.getMessage())
            : Statuses.of(why));
  }

  @Override
  public void onHalfClose() {
    finish(Status.OK);
  }

  /** Reads no more, waits for what was offered to be acknowledged, and ends. */
  @Override
  public void finish(Status status) {
    synchronized (lock) {
      if (phase == Phase.ENDED || finishing != null) {
        return;
      }
      finishing = status;
      switch (phase) {
        case AWAITING_HELLO -> end(status);
        case OPEN -> parts.executor().execute(this::flushAndEnd);
        // Whoever opens goes on with it.
        case OPENING, ENDED -> {}
      }
    }
  }

  private void flushAndEnd() {
    Status status;
    synchronized (lock) {
      status = finishing == null ? Status.OK : finishing;
      if (session == null) {
        return;
      }
      answerTimeout =
          parts
              .timer()
              .schedule(
                  this::answersMissing,
                  parts.limits().answerTimeout().toNanos(),
                  TimeUnit.NANOSECONDS);
      try {
        session.flush();
      } catch (RuntimeException failure) {
        status = ServerParts.statusOf(failure);
      }
    }
    writer.endWhenAnswered(status);
  }

  private void helloMissing() {
    synchronized (lock) {
      if (phase == Phase.AWAITING_HELLO) {
        end(
            Status.DEADLINE_EXCEEDED.withDescription(
                "no Hello within %s of the stream's beginning"
                    .formatted(parts.limits().helloTimeout())));
      }
    }
  }

  private void answersMissing() {
    end(
        Status.DEADLINE_EXCEEDED.withDescription(
            "%d batches were not acknowledged within %s: keep them and send them again"
                .formatted(writer.unanswered(), parts.limits().answerTimeout())));
  }

  @Override
  public void end(Status status) {
    writer.end(status);
  }

  @Override
  public Caller caller() {
    return caller;
  }

  @Override
  public void acknowledge(Ack ack) {
    writer.acknowledge(ack);
  }

  @Override
  public void resume() {
    valve.resume();
  }

  @Override
  public void onReady() {
    writer.ready();
  }

  @Override
  public void onCancel() {
    writer.cancelled();
    parts.executor().execute(this::release);
  }

  @Override
  public void onComplete() {
    parts.executor().execute(this::release);
  }

  private void release() {
    helloTimeout.cancel(false);
    age.cancel(false);
    parts.open().remove(this);
    synchronized (lock) {
      phase = Phase.ENDED;
      if (answerTimeout != null) {
        answerTimeout.cancel(false);
      }
      if (session != null) {
        session.close();
        session = null;
      }
      decoder = null;
    }
  }
}
