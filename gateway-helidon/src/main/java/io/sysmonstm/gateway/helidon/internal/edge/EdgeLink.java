package io.sysmonstm.gateway.helidon.internal.edge;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An open link to an edge relay. Each call has a deadline, after which the link is broken. One
 * thread sends.
 */
final class EdgeLink implements WebSocket.Listener, AutoCloseable {
  static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final AtomicLong heardNanos = new AtomicLong(System.nanoTime());
  private volatile @Nullable String ended;
  private @Nullable WebSocket socket;

  /** A link that does not work, and why. */
  static final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    Broken(String message) {
      super(message);
    }
  }

  private EdgeLink() {}

  /**
   * Opens a link.
   *
   * @param instance tells this gateway from others of the same edge
   */
  static EdgeLink open(HttpClient client, URI uri, String token, String instance)
      throws Broken, InterruptedException {
    var link = new EdgeLink();
    var opening =
        client
            .newWebSocketBuilder()
            .connectTimeout(DEADLINE)
            .header("Authorization", "Bearer " + token)
            .header("Sysmonstm-Gateway", instance)
            .buildAsync(uri, link);
    try {
      link.socket = await(opening);
      return link;
    } catch (Broken e) {
      var _ = opening.thenAccept(WebSocket::abort);
      throw e;
    }
  }

  /** Sends a message, and waits until it is on its way. */
  void send(byte[] utf8) throws Broken, InterruptedException {
    check();
    await(socket().sendText(new String(utf8, StandardCharsets.UTF_8), true));
  }

  /** Asks for a sign of life, and breaks where none came for long. */
  void ping() throws Broken, InterruptedException {
    check();
    if (System.nanoTime() - heardNanos.get() > DEADLINE.toNanos() + DEADLINE.toNanos() / 2) {
      throw new Broken("it is silent");
    }
    await(socket().sendPing(NOTHING.duplicate()));
  }

  private void check() throws Broken {
    var why = ended;
    if (why != null) {
      throw new Broken(why);
    }
  }

  private WebSocket socket() throws Broken {
    var open = socket;
    if (open == null) {
      throw new Broken("it is not open");
    }
    return open;
  }

  private static <T> T await(CompletableFuture<T> future) throws Broken, InterruptedException {
    try {
      return future.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Broken("no answer within %d s".formatted(DEADLINE.toSeconds()));
    } catch (ExecutionException e) {
      throw new Broken(reason(e.getCause()));
    }
  }

  private static String reason(@Nullable Throwable cause) {
    if (cause instanceof WebSocketHandshakeException refused) {
      int status = refused.getResponse().statusCode();
      return switch (status) {
        case 401 -> "it refuses the token: gateway.edge-token must be its edge.publish-token";
        case 403 -> "it does not know itself by this name: see its edge.allowed-hosts";
        case 409 -> "another gateway publishes there";
        default -> "it answered with status " + status;
      };
    }
    if (cause == null) {
      return "the connection failed";
    }
    var message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    return heard(from);
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    return heard(from);
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
    return heard(from);
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
    return heard(from);
  }

  // An edge has nothing to say but that it lives.
  private @Nullable CompletionStage<?> heard(WebSocket from) {
    heardNanos.set(System.nanoTime());
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    ended =
        switch (status) {
          case 1008 -> "it refuses what was sent";
          case 1001 -> "it stops";
          default -> "it closed the link with code " + status;
        };
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    ended = reason(error);
  }

  /** Says goodbye, where that takes no time, and ends the connection. */
  @Override
  public void close() {
    var open = socket;
    if (open != null) {
      try {
        open.sendClose(WebSocket.NORMAL_CLOSURE, "").get(1, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException alreadyGone) {
        // The end of the connection says it too.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      open.abort();
    }
  }
}
