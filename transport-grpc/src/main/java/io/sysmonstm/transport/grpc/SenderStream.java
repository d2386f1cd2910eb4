package io.sysmonstm.transport.grpc;

import com.google.common.base.Suppliers;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a collector. The listener is told from the channel's event loop, which the
 * channel's direct executor keeps to one call at a time; sending is guarded by this object, because
 * a call takes messages from one thread only.
 */
final class SenderStream extends ClientCall.Listener<IngestResponse>
    implements MetricSender.Stream {
  private final Supplier<ClientCall<byte[], IngestResponse>> call;
  private final String target;
  private final Hello hello;
  private final MetricSender.Listener listener;
  private final BatchEncoder encoder;
  private volatile boolean welcomed;
  private volatile boolean over;
  private volatile @Nullable SysmonstmException failure;
  // A call takes nothing before it is started; what comes meanwhile waits in the last.
  private volatile boolean starting;
  private boolean started;
  private @Nullable String givenUp;
  private boolean halfClosed;

  /**
   * Creates a stream that does nothing before {@link #start}.
   *
   * @param call asked for at the start: making one already begins to connect
   */
  SenderStream(
      Supplier<ClientCall<byte[], IngestResponse>> call,
      String target,
      Hello hello,
      MetricSender.Listener listener) {
    this.call = Suppliers.memoize(call::get)::get;
    this.target = target;
    this.hello = hello;
    this.listener = listener;
    this.encoder = new BatchEncoder(hello.epoch());
  }

  void start() {
    synchronized (this) {
      if (over) {
        return;
      }
      starting = true;
    }
    // Outside of the lock, since a channel that is shut down ends the call at once.
    call.get().start(this, new Metadata());
    call.get().request(1);
    String given;
    synchronized (this) {
      started = true;
      given = givenUp;
      if (!over) {
        call.get().sendMessage(HelloCodec.encode(hello));
      }
    }
    if (given != null) {
      call.get().cancel(given, null);
    }
  }

  /** Ends a stream that could not even be started. */
  void refuse(SysmonstmException why) {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
    }
    listener.ended(why);
  }

  /** Ends the stream where the hello is not answered yet. */
  void requireWelcome(Duration timeout) {
    if (!welcomed) {
      fail(
          ErrorCode.DEADLINE_EXCEEDED,
          "no welcome within %s; is it an aggregator, and is it overloaded?".formatted(timeout));
    }
  }

  @Override
  public boolean isReady() {
    return welcomed && !over && call.get().isReady();
  }

  @Override
  public synchronized void send(Batch batch) {
    if (!over && !halfClosed) {
      call.get().sendMessage(encoder.encode(batch));
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (over || halfClosed) {
        return;
      }
      if (started) {
        halfClosed = true;
        call.get().halfClose();
        return;
      }
    }
    cancel();
  }

  @Override
  public void cancel() {
    fail(ErrorCode.UNAVAILABLE, "given up by this collector");
  }

  @Override
  public void onReady() {
    if (welcomed) {
      listener.ready();
    }
  }

  @Override
  public void onMessage(IngestResponse response) {
    try {
      switch (response.getKindCase()) {
        case WELCOME -> onWelcome(response);
        case ACK -> onAck(response);
        // Something that a newer server also says.
        case KIND_NOT_SET -> {}
      }
      call.get().request(1);
    } catch (RequestException malformed) {
      fail(ErrorCode.INTERNAL, "answer is malformed: " + malformed.getMessage());
    }
  }

  private void onWelcome(IngestResponse response) {
    if (welcomed) {
      throw Statuses.invalid("second Welcome");
    }
    var welcome = AnswerCodec.decode(response.getWelcome());
    welcomed = true;
    listener.welcomed(welcome);
  }

  private void onAck(IngestResponse response) {
    if (!welcomed) {
      throw Statuses.invalid("Ack before the Welcome");
    }
    listener.acknowledged(AnswerCodec.decode(response.getAck(), hello.epoch()));
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    over = true;
    RetryAfter.in(trailers).ifPresent(listener::retryAfter);
    var known = failure;
    if (known != null) {
      listener.ended(known);
    } else if (status.isOk()) {
      listener.ended(null);
    } else {
      listener.ended(Statuses.toException(status, tried()));
    }
  }

  private void fail(ErrorCode code, String problem) {
    var why = new RequestException(code, tried() + ": " + problem);
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      failure = why;
      if (starting && !started) {
        givenUp = problem;
        return;
      }
    }
    // Outside of the lock: it comes back as onClose, maybe at once, and the listener may hold locks
    // of its own.
    if (starting) {
      call.get().cancel(problem, null);
    } else {
      listener.ended(why);
    }
  }

  private String tried() {
    return "stream of " + hello.machineId() + " to " + target;
  }
}
