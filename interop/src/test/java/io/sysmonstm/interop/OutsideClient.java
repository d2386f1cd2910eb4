package io.sysmonstm.interop;

import com.squareup.wire.Message;
import com.squareup.wire.ProtoAdapter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;

/**
 * Speaks gRPC as its specification tells, over OkHttp: length-prefixed messages up, one down,
 * status in a trailer.
 */
final class OutsideClient {
  /** One answer: its message where there is one, and the gRPC status. */
  record Answer<M>(M message, String status) {}

  private static final MediaType GRPC = MediaType.get("application/grpc");

  private final OkHttpClient http =
      new OkHttpClient.Builder()
          .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
          .callTimeout(Duration.ofSeconds(30))
          .build();
  private final String base;

  OutsideClient(int port) {
    base = "http://127.0.0.1:" + port + "/sysmonstm.v1.MetricsService/";
  }

  <M extends Message<M, ?>> Answer<M> call(
      String method, List<? extends Message<?, ?>> messages, ProtoAdapter<M> answer)
      throws IOException {
    var request =
        new Request.Builder()
            .url(base + method)
            .header("te", "trailers")
            .post(body(messages))
            .build();
    try (var response = http.newCall(request).execute()) {
      var source = response.body().source();
      if (source.exhausted()) {
        var status = response.header("grpc-status");
        return new Answer<>(null, status != null ? status : response.trailers().get("grpc-status"));
      }
      if (source.readByte() != 0) {
        throw new IOException("the answer is compressed, which was not asked for");
      }
      var message = answer.decode(source.readByteArray(source.readInt()));
      source.exhausted();
      return new Answer<>(message, response.trailers().get("grpc-status"));
    }
  }

  private static RequestBody body(List<? extends Message<?, ?>> messages) {
    return new RequestBody() {
      @Override
      public MediaType contentType() {
        return GRPC;
      }

      @Override
      public void writeTo(BufferedSink sink) throws IOException {
        for (var message : messages) {
          var bytes = message.encode();
          sink.writeByte(0).writeInt(bytes.length).write(bytes);
        }
      }
    };
  }
}
