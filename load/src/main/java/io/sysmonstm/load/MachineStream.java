package io.sysmonstm.load;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.sysmonstm.transport.grpc.v1.Ack;
import io.sysmonstm.transport.grpc.v1.Hello;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import io.sysmonstm.transport.grpc.v1.Welcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One stream of {@code Ingest}. Sending is confined to one thread. */
final class MachineStream {
  /** Called by the channel's threads; must not block for long. */
  interface Listener {
    void acknowledged(Ack ack);

    void changed();
  }

  private static final long WELCOME_SECONDS = 10;

  private final Channel channel;
  private final Listener listener;
  private final CompletableFuture<Welcome> welcome = new CompletableFuture<>();
  private final CompletableFuture<ClientCallStreamObserver<IngestRequest>> call =
      new CompletableFuture<>();
  private volatile boolean open = true;

  MachineStream(Channel channel, Listener listener) {
    this.channel = channel;
    this.listener = listener;
  }

  void open(Hello hello) {
    // The stub hands its sending side to Answers before the call starts.
    var _ = IngestServiceGrpc.newStub(channel).ingest(new Answers());
    send(IngestRequest.newBuilder().setHello(hello).build());
  }

  Welcome awaitWelcome() throws InterruptedException {
    try {
      return welcome.get(WELCOME_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw Status.UNAVAILABLE.withDescription("no welcome").withCause(e).asRuntimeException();
    }
  }

  boolean isOpen() {
    return open;
  }

  boolean isReady() {
    return open && call.join().isReady();
  }

  void send(IngestRequest request) {
    try {
      call.join().onNext(request);
    } catch (IllegalStateException closedMeanwhile) {
      open = false;
    }
  }

  void cancel() {
    if (call.isDone()) {
      call.join().cancel("done with it", null);
    }
    open = false;
  }

  private void ended(Throwable cause) {
    open = false;
    welcome.completeExceptionally(cause);
    listener.changed();
  }

  private final class Answers implements ClientResponseObserver<IngestRequest, IngestResponse> {
    @Override
    public void beforeStart(ClientCallStreamObserver<IngestRequest> requests) {
      requests.setOnReadyHandler(listener::changed);
      call.complete(requests);
    }

    @Override
    public void onNext(IngestResponse answer) {
      switch (answer.getKindCase()) {
        case WELCOME -> welcome.complete(answer.getWelcome());
        case ACK -> listener.acknowledged(answer.getAck());
        case KIND_NOT_SET -> {}
      }
    }

    @Override
    public void onError(Throwable cause) {
      ended(cause);
    }

    @Override
    public void onCompleted() {
      ended(new StatusRuntimeException(Status.UNAVAILABLE.withDescription("the server ended")));
    }
  }
}
