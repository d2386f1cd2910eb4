package io.sysmonstm.edge.helidon;

import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The other end of a WebSocket of the edge, which reads all it gets. */
final class Peer implements WebSocket.Listener {
  final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();
  private @Nullable WebSocket socket;

  private Peer() {}

  static Peer open(EdgeFixture fixture, String path, Map<String, String> headers) {
    var peer = new Peer();
    var builder = fixture.client.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(10));
    headers.forEach(builder::header);
    peer.socket = builder.buildAsync(fixture.uri("ws", path), peer).join();
    return peer;
  }

  /** {@return the status that a handshake is refused with} */
  static int refusal(EdgeFixture fixture, String path, Map<String, String> headers) {
    try {
      open(fixture, path, headers);
      throw new AssertionError("the handshake was accepted");
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().statusCode();
      }
      throw e;
    }
  }

  WebSocket socket() {
    var open = socket;
    if (open == null) {
      throw new AssertionError("not open");
    }
    return open;
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      frames.add(partial.toString());
      partial.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    closed.complete(status);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.completeExceptionally(error);
  }

  String next() {
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
  String next(String type) {
    var frame = next();
    while (!frame.startsWith("{\"type\":\"" + type + "\"")) {
      frame = next();
    }
    return frame;
  }

  boolean isQuiet() {
    return frames.isEmpty();
  }

  int closeCode() {
    return closed.orTimeout(20, TimeUnit.SECONDS).join();
  }

  void say(String text) {
    socket().sendText(text, true).join();
  }

  void leave() {
    socket().sendClose(WebSocket.NORMAL_CLOSURE, "").join();
  }
}
