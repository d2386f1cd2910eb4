import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Starts the built images and reads their costs from outside: time from exec to a page with data, time from exec to the
 * first acknowledged batch, resident memory and CPU time from {@code /proc}. Run by {@code benchmarks/whole-process}; needs Linux.
 */
final class WholeProcess {
  private static final int RUNS = 5;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Path image;
  private final Path data;
  private final int grpcPort = freePort();
  private final int httpPort = freePort();

  private WholeProcess(Path image, Path data) {
    this.image = image;
    this.data = data;
  }

  public static void main(String[] arguments) throws Exception {
    var data = Files.createTempDirectory("sysmonstm-whole-process");
    var measured = new WholeProcess(Path.of(arguments[0]).toAbsolutePath(), data);
    measured.standalone();
    measured.collector(Duration.ofMinutes(Long.parseLong(arguments[1])));
  }

  private void standalone() throws Exception {
    var millis = new long[RUNS];
    long rss = 0;
    for (int run = 0; run < RUNS; run++) {
      long start = System.nanoTime();
      var process = startStandalone("standalone-" + run);
      awaitMachines(1);
      millis[run] = (System.nanoTime() - start) / 1_000_000;
      Thread.sleep(20_000);
      rss = rssKib(process);
      end(process);
    }
    System.out.printf(
        "standalone: start to a page with data %d ms (median of %d, %s), RSS after 20 s %d MB%n",
        median(millis), RUNS, Arrays.toString(millis), rss >> 10);
  }

  private void collector(Duration watched) throws Exception {
    var aggregator = startStandalone("aggregator");
    awaitMachines(1);
    var millis = new long[RUNS];
    for (int run = 0; run < RUNS; run++) {
      long start = System.nanoTime();
      var process = startCollector(run);
      awaitLine(data.resolve("collector-" + run + ".log"), "collector_delivering");
      millis[run] = (System.nanoTime() - start) / 1_000_000;
      if (run < RUNS - 1) {
        end(process);
        continue;
      }
      System.out.printf(
          "collector: start to the first acknowledged batch %d ms (median of %d, %s)%n",
          median(millis), RUNS, Arrays.toString(millis));
      watch(process, watched);
      end(process);
    }
    end(aggregator);
  }

  private static void watch(Process process, Duration watched) throws Exception {
    Thread.sleep(60_000);
    long cpuBefore = cpuMillis(process);
    long begin = System.nanoTime();
    Thread.sleep(watched);
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        "collector: RSS after %d min %d MB, CPU %.3f %% of a core at the default interval, after a minute of warm-up%n",
        watched.toMinutes() + 1,
        rssKib(process) >> 10,
        (cpuMillis(process) - cpuBefore) / seconds / 10);
  }

  private Process startStandalone(String name) throws IOException {
    return start(
        name,
        "standalone",
        "--aggregator.listen", "127.0.0.1:" + grpcPort,
        "--gateway.listen", "127.0.0.1:" + httpPort);
  }

  private Process startCollector(int run) throws IOException {
    return start(
        "collector-" + run,
        "collector",
        "--collector.machine-id", "measured-" + run,
        "--collector.aggregator-url", "127.0.0.1:" + grpcPort);
  }

  private Process start(String name, String... arguments) throws IOException {
    var ofRole =
        arguments[0].equals("standalone") ? image : image.resolveSibling(image.getFileName() + "-" + arguments[0]);
    var command = new ArrayList<>(List.of(ofRole.resolve("bin/sysmonstm").toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--log.format", "json", "--data-directory", data.resolve(name).toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(data.resolve(name + ".log").toFile())
        .start();
  }

  private void awaitMachines(int count) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/api/v1/machines")).build();
    while (true) {
      try {
        var body = HTTP.send(request, BodyHandlers.ofString()).body();
        if (body.split("\"memory_percent\"", -1).length > count) {
          return;
        }
      } catch (IOException notYet) {
        // It is starting.
      }
      Thread.sleep(5);
    }
  }

  private static void awaitLine(Path log, String text) throws Exception {
    while (!Files.exists(log) || !Files.readString(log).contains(text)) {
      Thread.sleep(5);
    }
  }

  private static long rssKib(Process process) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private static long cpuMillis(Process process) {
    return process.toHandle().info().totalCpuDuration().orElseThrow().toMillis();
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  private static long median(long[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
