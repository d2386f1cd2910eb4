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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Runs the new images together for a few seconds as people will: a standalone with a second collector and a browser's
 * requests, an aggregator with a collector of its own, and the roles between servers that are down. The JVMs write what
 * they loaded and compiled into the AOT caches when they end.
 */
final class AotTraining {
  private static final int FRAMES = 12;
  private static final Duration FEW_CYCLES = Duration.ofSeconds(5);

  private final Map<String, Image> images;
  private final HttpClient http = HttpClient.newHttpClient();

  AotTraining(Map<String, Image> images) {
    this.images = images;
  }

  void run() throws Exception {
    var scratch = Files.createTempDirectory("sysmonstm-training");
    // At the same time, since each waits for most of it.
    try (var training = Executors.newFixedThreadPool(2)) {
      // They return something, since only what does may throw.
      var sensors = training.submit(() -> { withSensors(scratch); return true; });
      var others = training.submit(() -> { betweenServersThatAreDown(scratch); return true; });
      sensors.get();
      others.get();
    }
    Image.deleteTree(scratch);
  }

  private void withSensors(Path scratch) throws Exception {
    int standalonePort = freePort();
    int aggregatorPort = freePort();
    int page = freePort();
    var standalone =
        train(
            scratch,
            "standalone",
            "--aggregator.listen", "127.0.0.1:" + standalonePort,
            "--gateway.listen", "127.0.0.1:" + page,
            "--collector.collection-interval", "1s");
    var aggregator = train(scratch, "aggregator", "--aggregator.listen", "127.0.0.1:" + aggregatorPort);
    var collector = train(scratch, "collector", collecting("training", standalonePort));
    var helper = Trainee.helper(images.get("collector"), scratch, "collector", collecting("helper", aggregatorPort));
    try {
      standalone.await(
          "a page with data", () -> get("http://127.0.0.1:" + page + "/api/v1/machines").contains("cpu_percent"));
      browse("http://127.0.0.1:" + page);
      watch(page, FRAMES);
      collector.awaitLog("collector_delivering");
      helper.awaitLog("collector_delivering");
      // Processes are read in each third cycle, and named from the second time on.
      Thread.sleep(FEW_CYCLES);
      // Who sends ends first, as long as somebody listens.
      helper.stop();
      collector.stop();
      helper.awaitEnd();
      collector.awaitCache();
    } finally {
      List.of(helper, collector, aggregator, standalone).forEach(Trainee::stop);
    }
    aggregator.awaitCache();
    standalone.awaitCache();
  }

  /** What connects later learns its way up to there. */
  private void betweenServersThatAreDown(Path scratch) throws Exception {
    var trainees = new ArrayList<Trainee>();
    int page = freePort();
    int publicPage = freePort();
    var token = "a token for training alone";
    try {
      for (var role : List.of("alerts", "gateway")) {
        trainees.add(train(scratch, role, working(role, page, publicPage, token)));
      }
      trainees.add(
          train(scratch, "edge", "--edge.listen", "127.0.0.1:" + publicPage, "--edge.publish-token", token));
      for (var trainee : trainees) {
        trainee.awaitLog("role_started");
      }
      browse("http://127.0.0.1:" + page);
      browse("http://127.0.0.1:" + publicPage);
      trainees.getLast().awaitLog("gateway_connected");
      watch(publicPage, 1);
    } finally {
      trainees.forEach(Trainee::stop);
    }
    for (var trainee : trainees) {
      trainee.awaitCache();
    }
  }

  private static String[] working(String role, int page, int publicPage, String token) {
    var flags =
        new ArrayList<>(
            List.of(
                "--history.store", "timescale",
                "--timescale.url", "jdbc:postgresql://127.0.0.1:1/nothing",
                "--events.bus", "redis-streams",
                "--redis.url", "redis://127.0.0.1:1"));
    if (role.equals("gateway")) {
      flags.addAll(List.of("--current.store", "redis", "--gateway.listen", "127.0.0.1:" + page));
      flags.addAll(List.of("--gateway.edge-url", "ws://127.0.0.1:" + publicPage, "--gateway.edge-token", token));
    }
    return flags.toArray(String[]::new);
  }

  private static String[] collecting(String machine, int port) {
    return new String[] {
      "--collector.machine-id", machine,
      "--collector.aggregator-url", "127.0.0.1:" + port,
      "--collector.collection-interval", "1s"
    };
  }

  private Trainee train(Path scratch, String role, String... flags) throws IOException {
    return Trainee.start(images.get(role), scratch, role, flags);
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

  private void watch(int port, int expected) throws Exception {
    var frames = new CountDownLatch(expected);
    var socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/ws"), new FrameCounter(frames))
            .get(10, TimeUnit.SECONDS);
    if (!frames.await(Trainee.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
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
