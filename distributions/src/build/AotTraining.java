import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs the new image for a few seconds as people will: a standalone, a second collector, a browser's requests. The JVMs
 * write what they loaded and compiled into the AOT caches when they end.
 */
final class AotTraining {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int FRAMES = 12;

  private final Path image;
  private final HttpClient http = HttpClient.newHttpClient();

  AotTraining(Path image) {
    this.image = image;
  }

  void run() throws Exception {
    var data = Files.createTempDirectory("sysmonstm-training");
    int grpcPort = freePort();
    int httpPort = freePort();
    var standalone =
        start(
            data.resolve("standalone"),
            "standalone",
            "--aggregator.listen", "127.0.0.1:" + grpcPort,
            "--gateway.listen", "127.0.0.1:" + httpPort,
            "--collector.collection-interval", "1s");
    try {
      var base = "http://127.0.0.1:" + httpPort;
      awaitMachine(base, standalone);
      var collector =
          start(
              data.resolve("collector"),
              "collector",
              "--collector.machine-id", "training",
              "--collector.aggregator-url", "127.0.0.1:" + grpcPort,
              "--collector.collection-interval", "1s");
      try {
        browse(base);
        watch(httpPort);
      } finally {
        end(collector);
      }
    } finally {
      end(standalone);
    }
    for (var cache : List.of("standalone.aot", "collector.aot")) {
      if (!Files.exists(image.resolve("lib").resolve(cache))) {
        throw new IllegalStateException("the training run wrote no " + cache);
      }
    }
  }

  private Process start(Path data, String... arguments) throws IOException {
    Files.createDirectories(data);
    var command =
        Stream.concat(
                Stream.of(image.resolve("bin/sysmonstm").toString()),
                Stream.concat(Stream.of(arguments), Stream.of("--data-directory", data.toString())))
            .toList();
    var builder = new ProcessBuilder(command).inheritIO();
    builder.environment().keySet().removeIf(name -> name.matches("(COLLECTOR|AGGREGATOR|GATEWAY|ALERTS|SYSMONSTM)_.*"));
    builder.environment().put("SYSMONSTM_AOT_TRAINING", "true");
    builder.environment().put("LOG_LEVEL", "warning");
    return builder.start();
  }

  private void awaitMachine(String base, Process standalone) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!get(base + "/api/v1/machines").contains("cpu_percent")) {
      if (!standalone.isAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException("the image does not come up with data: see its output above");
      }
      Thread.sleep(100);
    }
  }

  private void browse(String base) {
    for (var path :
        List.of(
            "/", "/health", "/ready", "/metrics", "/api/v1/alerts", "/api/v1/rules", "/js/main.js",
            "/lib/uplot/uPlot.esm.js", "/api/v1/history?machine=*&metric=cpu_percent&from=-15m&to=now",
            "/api/v1/history?machine=*&metric=disk_percent&from=-7d&to=now", "/api/v1/machines/unknown")) {
      get(base + path);
    }
  }

  private void watch(int port) throws Exception {
    var frames = new CountDownLatch(FRAMES);
    var socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/ws"), new FrameCounter(frames))
            .get(10, TimeUnit.SECONDS);
    if (!frames.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("the image sends no live frames");
    }
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(5, TimeUnit.SECONDS);
  }

  private String get(String url) {
    try {
      return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString()).body();
    } catch (IOException notUpYet) {
      return "";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("the image does not stop when asked to");
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private record FrameCounter(CountDownLatch frames) implements WebSocket.Listener {
    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      if (last) {
        frames.countDown();
      }
      socket.request(1);
      return null;
    }
  }
}
