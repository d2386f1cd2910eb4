package io.sysmonstm.gateway.helidon;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A viewer on a real WebSocket that reads all it gets. */
final class Viewer implements WebSocket.Listener {
  private final BlockingQueue<Map<String, @Nullable Object>> frames = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();
  final CompletableFuture<Integer> closed = new CompletableFuture<>();
  final AtomicInteger pings = new AtomicInteger();
  final AtomicInteger pongs = new AtomicInteger();
  final WebSocket socket;

  Viewer(GatewayFixture fixture, String... headers) {
    var builder = fixture.client.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    socket = connect(builder, fixture.address.getPort());
  }

  /** One of something else on this machine. */
  Viewer(HttpClient client, int port) {
    socket = connect(client.newWebSocketBuilder(), port);
  }

  private WebSocket connect(WebSocket.Builder builder, int port) {
    return builder
        .connectTimeout(Duration.ofSeconds(10))
        .buildAsync(URI.create("ws://127.0.0.1:%d/ws".formatted(port)), this)
        .join();
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      frames.add(GatewayFixture.json(partial.toString()));
      partial.setLength(0);
    }
    webSocket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
    pings.incrementAndGet();
    webSocket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
    pongs.incrementAndGet();
    webSocket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int status, String reason) {
    closed.complete(status);
    return null;
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    closed.completeExceptionally(error);
  }

  /** {@return the next frame} */
  Map<String, @Nullable Object> next() {
    try {
      var frame = frames.poll(20, TimeUnit.SECONDS);
      if (frame == null) {
        throw new AssertionError("no frame came within 20 s");
      }
      return frame;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** {@return the next frame of a type, skipping others} */
  Map<String, @Nullable Object> next(String type) {
    var frame = next();
    while (!type.equals(frame.get("type"))) {
      frame = next();
    }
    return frame;
  }

  /** {@return the code that the server closed with} */
  int closeCode() {
    return closed.orTimeout(20, TimeUnit.SECONDS).join();
  }

  void say(String text) {
    socket.sendText(text, true).join();
  }
}
