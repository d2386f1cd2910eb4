package io.sysmonstm.transport.grpc;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.FixedCurrentStore;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.transport.grpc.v1.Batch;
import io.sysmonstm.transport.grpc.v1.Hello;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.IngestResponse;
import io.sysmonstm.transport.grpc.v1.SeriesDeclaration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** A server, what it feeds, and a client that knows nothing but the proto file. */
final class Outsider implements AutoCloseable {
  static final ByteString EPOCH = Ids.bytes(new UUID(3, 3));

  final RecordingIngest ingest = new RecordingIngest();
  final FixedCurrentStore current = new FixedCurrentStore();
  final GrpcIngestServer server;
  final InetSocketAddress address;
  final ManagedChannel channel;

  Outsider() {
    this(builder -> builder);
  }

  Outsider(UnaryOperator<GrpcIngestServer.Builder> how) {
    server = how.apply(GrpcIngestServer.builder("127.0.0.1:0")).build();
    address = server.start(ingest, current);
    channel =
        Grpc.newChannelBuilder(
                "127.0.0.1:" + address.getPort(), InsecureChannelCredentials.create())
            .build();
  }

  static Hello.Builder hello(String machineId) {
    return Hello.newBuilder().setMachineId(machineId).setEpoch(EPOCH).setInstance(EPOCH);
  }

  static IngestRequest request(Hello.Builder hello) {
    return IngestRequest.newBuilder().setHello(hello).build();
  }

  static IngestRequest request(Batch.Builder batch) {
    return IngestRequest.newBuilder().setBatch(batch).build();
  }

  /** A batch of one sample of cpu_percent, declared as id 0. */
  static Batch.Builder batch(long seq) {
    return Batch.newBuilder()
        .setSeq(seq)
        .setObservedAtMs(1_767_225_600_000L)
        .addDeclare(declaration(0, "cpu_percent"))
        .addSeriesDelta(0)
        .addValue(12.5);
  }

  static SeriesDeclaration declaration(int id, String metric) {
    return SeriesDeclaration.newBuilder().setId(id).setMetric(metric).build();
  }

  RawStream<IngestRequest, IngestResponse> ingestStream() {
    return open(io.sysmonstm.transport.grpc.v1.IngestServiceGrpc.getIngestMethod());
  }

  /** A stream of a machine that was welcomed. */
  RawStream<IngestRequest, IngestResponse> welcomed(String machineId) {
    var stream = ingestStream();
    stream.send(request(hello(machineId)));
    stream.awaitAnswers(1);
    return stream;
  }

  <Q, A> RawStream<Q, A> open(MethodDescriptor<Q, A> method) {
    return open(method, CallOptions.DEFAULT, Integer.MAX_VALUE);
  }

  <Q, A> RawStream<Q, A> open(MethodDescriptor<Q, A> method, CallOptions options, int reads) {
    var stream = new RawStream<Q, A>(channel.newCall(method, options));
    stream.start(new Metadata(), reads);
    return stream;
  }

  /** The same method for a client that sends whatever bytes it likes. */
  static <Q, A> MethodDescriptor<byte[], A> ofBytes(MethodDescriptor<Q, A> method) {
    return method.toBuilder(BYTES, method.getResponseMarshaller()).build();
  }

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  @Override
  public void close() {
    ingest.releaseOpening();
    channel.shutdownNow();
    try {
      channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.close();
  }

  /** One call, written down. */
  static final class RawStream<Q, A> extends ClientCall.Listener<A> {
    private final ClientCall<Q, A> call;
    private final List<A> answers = Collections.synchronizedList(new ArrayList<>());
    private final AtomicReference<Status> end = new AtomicReference<>();
    private volatile Metadata trailers = new Metadata();

    RawStream(ClientCall<Q, A> call) {
      this.call = call;
    }

    void start(Metadata headers, int reads) {
      call.start(this, headers);
      call.request(reads);
    }

    void send(Q request) {
      call.sendMessage(request);
    }

    void read(int answersMore) {
      call.request(answersMore);
    }

    boolean isReady() {
      return call.isReady();
    }

    void compressed() {
      call.setMessageCompression(true);
    }

    void halfClose() {
      call.halfClose();
    }

    void cancel() {
      call.cancel("the test goes away", null);
    }

    List<A> answers() {
      synchronized (answers) {
        return List.copyOf(answers);
      }
    }

    List<A> awaitAnswers(int count) {
      Eventually.until(
          count + " answers, or the end", () -> answers.size() >= count || end.get() != null);
      if (answers.size() < count) {
        throw new AssertionError("ended with " + end.get());
      }
      return answers();
    }

    Status awaitEnd() {
      Eventually.until("the end", () -> end.get() != null);
      return end.get();
    }

    /** What came with the end. */
    Metadata trailers() {
      return trailers;
    }

    boolean ended() {
      return end.get() != null;
    }

    @Override
    public void onMessage(A answer) {
      answers.add(answer);
    }

    @Override
    public void onClose(Status status, Metadata received) {
      trailers = received;
      end.set(status);
    }
  }
}
