package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Welcome;
import io.sysmonstm.testkit.Stress;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the stream's thread and the aggregator's threads share, in all orders that turn up. */
class InterleavingsTest {
  /** Two sessions say "enough" to the stream's thread, and "go on" from threads of their own. */
  private static final class Gate implements Stress.Round {
    private final AtomicInteger reads = new AtomicInteger();
    private final ReadGate gate = new ReadGate(reads::incrementAndGet, Runnable::run);
    private final ReadGate.Valve first = gate.newValve();
    private final ReadGate.Valve second = gate.newValve();

    Gate() {
      first.offering();
      second.offering();
    }

    @Override
    public List<Runnable> actors() {
      return List.of(
          () -> {
            first.offered(false);
            second.offered(false);
            gate.next();
          },
          first::resume,
          second::resume);
    }

    @Override
    public void check() {
      assertThat(reads).as("reads after one message").hasValue(1);
    }
  }

  @Test
  void aGateNeitherStallsNorReadsTwice() {
    assertThat(Stress.run(Gate::new)).isPositive();
  }

  /** A stream half-closes while batches are acknowledged and the client begins to read. */
  private static final class Answers implements Stress.Round {
    private static final UUID EPOCH = new UUID(1, 1);
    private static final int BATCHES = 40;

    private final Call call = new Call();
    private final AckWriter writer =
        new AckWriter(call, new ServerCounters(new SelfMetrics(), new OpenStreams()));

    Answers() {
      writer.welcome(new Welcome(Map.of(), Instant.EPOCH, 1, 1), EPOCH);
      for (int seq = 1; seq <= BATCHES; seq++) {
        writer.offering(EPOCH, seq);
      }
    }

    private void acknowledge(int from, int to) {
      for (int seq = from; seq <= to; seq++) {
        writer.acknowledge(
            new Ack(
                EPOCH,
                List.of(new SeqRange(seq, seq)),
                Ack.Durability.DURABLE,
                List.of(),
                Duration.ZERO));
      }
    }

    @Override
    public List<Runnable> actors() {
      return List.of(
          () -> acknowledge(1, BATCHES / 2),
          () -> acknowledge(BATCHES / 2 + 1, BATCHES),
          () -> writer.endWhenAnswered(Status.OK),
          () -> {
            call.ready = true;
            writer.ready();
          });
    }

    @Override
    public void check() {
      assertThat(call.closed).as("ends").isEqualTo(1);
      assertThat(call.afterTheEnd).as("written after the end").isZero();
      assertThat(call.acknowledged.cardinality()).isEqualTo(BATCHES);
    }
  }

  @Test
  void everythingIsAnsweredBeforeTheOnlyEnd() {
    assertThat(Stress.run(Answers::new)).isPositive();
  }

  private static final class Call extends ServerCall<IngestRequest, IngestResponse> {
    volatile boolean ready;
    final BitSet acknowledged = new BitSet();
    int afterTheEnd;
    int closed;

    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public synchronized void sendMessage(IngestResponse answer) {
      if (closed > 0) {
        afterTheEnd++;
      }
      for (var range : answer.getAck().getRangesList()) {
        acknowledged.set((int) range.getFirst(), (int) range.getLast() + 1);
      }
    }

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      closed++;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<IngestRequest, IngestResponse> getMethodDescriptor() {
      return IngestServiceGrpc.getIngestMethod();
    }
  }

  /** The last stream ends while somebody waits for it. */
  private static final class Ends implements Stress.Round {
    private final OpenStreams open = new OpenStreams();
    private final List<OpenStreams.Endable> streams = new ArrayList<>();
    private volatile boolean none;

    Ends() {
      for (int i = 0; i < 2; i++) {
        var stream =
            new OpenStreams.Endable() {
              @Override
              public void finish(Status status) {}

              @Override
              public void end(Status status) {}
            };
        streams.add(stream);
        open.add(stream);
      }
    }

    @Override
    public List<Runnable> actors() {
      return List.of(
          () -> open.remove(streams.getFirst()),
          () -> open.remove(streams.getLast()),
          () -> {
            try {
              none = open.awaitNone(Duration.ofSeconds(10));
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }

    @Override
    public void check() {
      assertThat(none).isTrue();
      assertThat(open.size()).isZero();
    }
  }

  @Test
  void whoeverWaitsForTheLastStreamIsWoken() {
    assertThat(Stress.run(Ends::new)).isPositive();
  }
}
