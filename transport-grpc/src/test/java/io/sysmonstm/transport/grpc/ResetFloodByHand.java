package io.sysmonstm.transport.grpc;

import static io.sysmonstm.transport.grpc.Outsider.batch;
import static io.sysmonstm.transport.grpc.Outsider.hello;
import static io.sysmonstm.transport.grpc.Outsider.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.sysmonstm.transport.grpc.ConnectionFloodTest.Reset;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * How long a neighbour waits for its acknowledgements while others flood the server with resets.
 * All of it is in one process, so that what the floods cost their clients counts too.
 */
class ResetFloodByHand {
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration SPAN = Duration.ofSeconds(20);
  private static final Duration PACE = Duration.ofMillis(2);
  // As a client does that means to get away with it: as many as a connection may, and a new one.
  private static final Duration BETWEEN_CONNECTIONS = Duration.ofMillis(20);

  private final LongAdder resets = new LongAdder();
  private final LongAdder connections = new LongAdder();
  private volatile boolean flooding;

  @Test
  @DisplayName("row 7: floods of resets do not double the 99th percentile of a neighbour")
  void theNeighbourHardlyNotices() throws Exception {
    ConnectionFloodTest.silence();
    try (var outsider = new Outsider(GrpcIngestServer.Builder::guardLoopback)) {
      var neighbour = new Neighbour(outsider);
      measure(neighbour, WARM_UP);
      long quiet = percentile99(measure(neighbour, SPAN));
      var floods = new ArrayList<Thread>();
      flooding = true;
      for (var how : List.of(Reset.BY_THE_CLIENT, Reset.BY_A_WINDOW_OF_NOTHING)) {
        floods.add(Thread.ofPlatform().daemon().start(() -> flood(outsider, how)));
      }
      measure(neighbour, WARM_UP);
      resets.reset();
      connections.reset();
      long flooded = percentile99(measure(neighbour, SPAN));
      flooding = false;
      for (var flood : floods) {
        flood.join();
      }
      System.out.printf(
          "  p99 of an acknowledgement: %d us quiet, %d us under %d resets a second on %d"
              + " connections a second%n",
          TimeUnit.NANOSECONDS.toMicros(quiet),
          TimeUnit.NANOSECONDS.toMicros(flooded),
          resets.sum() / SPAN.toSeconds(),
          connections.sum() / SPAN.toSeconds());
      assertThat(flooded).isLessThan(2 * quiet);
    }
  }

  private static long percentile99(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length * 99 / 100];
  }

  private static long[] measure(Neighbour neighbour, Duration span) throws InterruptedException {
    var times = new ArrayList<Long>();
    long end = System.nanoTime() + span.toNanos();
    while (System.nanoTime() < end) {
      times.add(neighbour.roundTrip());
      LockSupport.parkNanos(PACE.toNanos());
    }
    return times.stream().mapToLong(Long::longValue).toArray();
  }

  private void flood(Outsider outsider, Reset how) {
    while (flooding) {
      connections.increment();
      try (var client = new RawHttp2(outsider.address).begin()) {
        for (int i = 0; i <= NettyServer.MAX_RESETS; i++) {
          how.provoke(client, 2 * i + 1);
          resets.increment();
        }
        client.await(RawHttp2.GOAWAY);
      } catch (IOException cutOff) {
        // As it has to be.
      }
      LockSupport.parkNanos(BETWEEN_CONNECTIONS.toNanos());
    }
  }

  /** A machine that sends a batch and waits for what becomes of it. */
  private static final class Neighbour extends ClientCall.Listener<IngestResponse> {
    private final ClientCall<IngestRequest, IngestResponse> call;
    private final Semaphore answers = new Semaphore(0);
    private long seq;

    Neighbour(Outsider outsider) throws InterruptedException {
      call = outsider.channel.newCall(IngestServiceGrpc.getIngestMethod(), CallOptions.DEFAULT);
      call.start(this, new Metadata());
      call.request(Integer.MAX_VALUE);
      call.sendMessage(request(hello("neighbour")));
      await();
    }

    private void await() throws InterruptedException {
      if (!answers.tryAcquire(10, TimeUnit.SECONDS)) {
        throw new AssertionError("no answer within 10 s");
      }
    }

    long roundTrip() throws InterruptedException {
      long begin = System.nanoTime();
      call.sendMessage(request(batch(++seq)));
      await();
      return System.nanoTime() - begin;
    }

    @Override
    public void onMessage(IngestResponse answer) {
      answers.release();
    }
  }
}
