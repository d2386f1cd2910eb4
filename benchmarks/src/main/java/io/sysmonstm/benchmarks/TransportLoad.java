package io.sysmonstm.benchmarks;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.sysmonstm.transport.grpc.v1.Batch;
import io.sysmonstm.transport.grpc.v1.Hello;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import io.sysmonstm.transport.grpc.v1.IngestServiceGrpc;
import io.sysmonstm.transport.grpc.v1.Metric;
import io.sysmonstm.transport.grpc.v1.MetricType;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;
import io.sysmonstm.transport.grpc.v1.SeriesDeclaration;
import io.sysmonstm.transport.grpc.v1.StreamAck;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * The client side of {@link TransportServer}: simulated machines that send as fast as the server
 * takes, in a process of its own so that its CPU time is not the server's. A stream writes only
 * while gRPC says that it is ready.
 */
final class TransportLoad {
  private static final int CYCLE = 20;
  private static final long INTERVAL_MILLIS = 1_000;

  private TransportLoad() {}

  /** {@code PORT metrics|ingest MACHINES SAMPLES-OF-EACH-MACHINE ROUND}. */
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    int machines = Integer.parseInt(arguments[2]);
    long samples = Long.parseLong(arguments[3]);
    var connections = new ArrayList<ManagedChannel>();
    var streams = new ArrayList<Stream<?, ?>>();
    for (int machine = 0; machine < machines; machine++) {
      var channel =
          NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().directExecutor().build();
      connections.add(channel);
      var id = "load-" + machine;
      streams.add(
          "ingest".equals(arguments[1])
              ? ingest(channel, id, samples / CYCLE)
              : metrics(channel, id, samples));
    }
    for (var stream : streams) {
      stream.start();
    }
    for (var stream : streams) {
      stream.await();
    }
    for (var channel : connections) {
      channel.shutdownNow();
    }
  }

  private static Stream<Metric, StreamAck> metrics(ManagedChannel channel, String id, long count) {
    long begin = System.currentTimeMillis() - 3_600_000;
    var cycle = new ArrayList<Metric.Builder>();
    for (int i = 0; i < CYCLE; i++) {
      var metric = Metric.newBuilder().setMachineId(id).setHostname("host-" + id).setValue(i + 0.5);
      if (i < 9) {
        metric.setTypeValue(i < 5 ? new int[] {1, 3, 4, 5, 12}[i] : 13);
        if (i >= 5) {
          metric.setType(MetricType.DISK_PERCENT).putLabels("mount", "/data" + i);
        }
      } else {
        metric.setType(MetricType.CPU_PERCENT_PER_CORE).putLabels("core", Integer.toString(i));
      }
      cycle.add(metric);
    }
    return new Stream<>(
        channel.newCall(MetricsServiceGrpc.getStreamMetricsMethod(), CallOptions.DEFAULT),
        count,
        at -> {
          int i = (int) (at % CYCLE);
          return cycle.get(i).setTimestampMs(begin + at / CYCLE * INTERVAL_MILLIS / 100).build();
        });
  }

  private static Stream<IngestRequest, IngestResponse> ingest(
      ManagedChannel channel, String id, long count) {
    long begin = System.currentTimeMillis() - 3_600_000;
    var epoch =
        ByteString.copyFrom(ByteBuffer.allocate(16).putLong(System.nanoTime()).putLong(1).flip());
    var hello =
        IngestRequest.newBuilder()
            .setHello(
                Hello.newBuilder()
                    .setMachineId(id)
                    .setEpoch(epoch)
                    .setInstance(epoch)
                    .setSentAtMs(System.currentTimeMillis())
                    .setIntervalMs(5_000))
            .build();
    return new Stream<>(
        channel.newCall(IngestServiceGrpc.getIngestMethod(), CallOptions.DEFAULT),
        count + 1,
        at -> at == 0 ? hello : batch(at, begin + at * 10));
  }

  private static IngestRequest batch(long seq, long millis) {
    var batch = Batch.newBuilder().setSeq(seq).setObservedAtMs(millis);
    for (int i = 0; i < CYCLE; i++) {
      if (seq == 1) {
        batch.addDeclare(
            SeriesDeclaration.newBuilder()
                .setId(i + 1)
                .setMetric("cpu_percent_per_core")
                .putLabels("core", Integer.toString(i)));
      }
      batch.addSeriesDelta(1).addValue(i + 0.5);
    }
    return IngestRequest.newBuilder().setBatch(batch).build();
  }

  private interface Messages<T> {
    T at(long index);
  }

  private static final class Stream<T, R> extends ClientCall.Listener<R> {
    private final ClientCall<T, R> call;
    private final long count;
    private final Messages<T> messages;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Status status = Status.UNKNOWN;
    private long next;

    Stream(ClientCall<T, R> call, long count, Messages<T> messages) {
      this.call = call;
      this.count = count;
      this.messages = messages;
    }

    void start() {
      call.start(this, new Metadata());
      call.request(Integer.MAX_VALUE);
    }

    @Override
    public void onReady() {
      while (next < count && call.isReady()) {
        call.sendMessage(messages.at(next++));
        if (next == count) {
          call.halfClose();
        }
      }
    }

    @Override
    public void onClose(Status end, Metadata trailers) {
      status = end;
      ended.countDown();
    }

    void await() throws InterruptedException {
      ended.await();
      if (!status.isOk()) {
        throw new IllegalStateException(status.toString());
      }
    }
  }
}
