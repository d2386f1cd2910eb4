package io.sysmonstm.benchmarks.fleet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The aggregator of the built image in a process of its own. */
final class Aggregator implements AutoCloseable {
  private final Process process;
  private final int port;

  private Aggregator(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static Aggregator start(Path image, Servers servers, String events)
      throws IOException, InterruptedException {
    var data = Files.createTempDirectory("sysmonstm-load");
    int port = freePort();
    var builder =
        new ProcessBuilder(
                List.of(
                    image.resolve("bin/sysmonstm").toString(),
                    "aggregator",
                    "--listen",
                    "127.0.0.1:" + port,
                    "--data-directory",
                    data.toString()))
            .redirectErrorStream(true)
            .redirectOutput(data.resolve("log").toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "CURRENT_STORE",
                "redis",
                "HISTORY_STORE",
                "timescale",
                "EVENTS_BUS",
                events,
                "REDIS_URL",
                servers.redisUrl(),
                "TIMESCALE_URL",
                servers.jdbcUrl()));
    var aggregator = new Aggregator(builder.start(), port);
    System.out.println("aggregator's log: " + data.resolve("log"));
    aggregator.awaitListening();
    return aggregator;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void awaitListening() throws InterruptedException {
    while (process.isAlive()) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException notYet) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    throw new IllegalStateException("the aggregator ended with " + process.exitValue());
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
