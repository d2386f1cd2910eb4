package io.sysmonstm.distributions;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A process of a built image, on free ports of the loopback interface. */
public final class RunningImage implements AutoCloseable {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  // Below 32,768, from where Linux gives them out unless it is told otherwise.
  private static final int LEAST_PORT = 20_000;
  private static final int MOST_PORT = 32_000;
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private final Process process;
  private final Path log;
  private final int grpcPort;
  private final int httpPort;

  private RunningImage(Process process, Path log, int grpcPort, int httpPort) {
    this.process = process;
    this.log = log;
    this.grpcPort = grpcPort;
    this.httpPort = httpPort;
  }

  /** Returns the directory of the image with all roles, which the build names. */
  public static Path directory() {
    return Path.of(System.getProperty("sysmonstm.image"));
  }

  /**
   * Returns the directory of the image of a role.
   *
   * @param role its command
   */
  public static Path directory(String role) {
    return role.equals("standalone")
        ? directory()
        : directory().resolveSibling(directory().getFileName() + "-" + role);
  }

  /**
   * Starts a role from its own image, and does not wait for it.
   *
   * @param role its command
   * @param data its data directory; the log lies beside it
   * @param environment further variables, for example {@code HISTORY_STORE}
   * @param flags its flags
   * @return the process; a role that listens does so on a free port
   */
  public static RunningImage role(
      String role, Path data, Map<String, String> environment, String... flags) {
    return role(role, data, environment, freePort(), freePort(), flags);
  }

  /** The same on given ports, of which a role listens on one or on none. */
  static RunningImage role(
      String role,
      Path data,
      Map<String, String> environment,
      int grpc,
      int http,
      String... flags) {
    var command = new ArrayList<>(List.of(role, "--data-directory", data.toString()));
    switch (role) {
      case "aggregator" -> command.addAll(List.of("--aggregator.listen", "127.0.0.1:" + grpc));
      case "gateway" -> command.addAll(List.of("--gateway.listen", "127.0.0.1:" + http));
      case "edge" -> command.addAll(List.of("--edge.listen", "127.0.0.1:" + http));
      default -> {}
    }
    command.addAll(List.of(flags));
    return start(data, environment, command, grpc, http);
  }

  /**
   * Starts a standalone and waits until its page answers.
   *
   * @param data its data directory
   * @param flags further flags
   * @return the process
   */
  public static RunningImage standalone(Path data, String... flags) {
    return standalone(data, freePort(), freePort(), flags);
  }

  /** Starts a standalone on ports that another one had before. */
  static RunningImage standalone(Path data, int grpcPort, int httpPort, String... flags) {
    var command =
        new ArrayList<>(
            List.of(
                "standalone",
                "--aggregator.listen",
                "127.0.0.1:" + grpcPort,
                "--gateway.listen",
                "127.0.0.1:" + httpPort,
                "--data-directory",
                data.toString()));
    command.addAll(List.of(flags));
    var image = start(data, Map.of(), command, grpcPort, httpPort);
    Eventually.until("the page answers; log: " + image.log, image::answers);
    return image;
  }

  /** Starts a collector that sends to a standalone. */
  static RunningImage collector(Path data, RunningImage aggregator, String machineId) {
    return start(
        data,
        Map.of(
            "COLLECTOR_MACHINE_ID",
            machineId,
            "COLLECTOR_AGGREGATOR_URL",
            "localhost:" + aggregator.grpcPort),
        List.of("collector", "--data-directory", data.toString()),
        aggregator.grpcPort,
        aggregator.httpPort);
  }

  /** Runs a command to its end and returns its output with the exit status in the last line. */
  static String run(String... arguments) {
    return runIn(directory(), arguments);
  }

  /** The same with another image than the one with all roles. */
  static String runIn(Path image, String... arguments) {
    var command = new ArrayList<>(List.of(image.resolve("bin/sysmonstm").toString()));
    command.addAll(List.of(arguments));
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      var output = new String(process.getInputStream().readAllBytes(), UTF_8);
      return output + "exit " + process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static RunningImage start(
      Path data, Map<String, String> environment, List<String> arguments, int grpc, int http) {
    var image = directory(arguments.getFirst());
    var command = new ArrayList<>(List.of(image.resolve("bin/sysmonstm").toString()));
    command.addAll(arguments);
    var log = data.resolveSibling(data.getFileName() + ".log");
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      Files.createDirectories(data);
      return new RunningImage(builder.start(), log, grpc, http);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns a port that was free a moment ago. None of those that the system gives to whoever
   * connects to something: on a busy machine one of them may be taken before the process has it.
   */
  static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(LEAST_PORT, MOST_PORT);
      if (GIVEN.add(port)) {
        try (var socket = new ServerSocket(port)) {
          return socket.getLocalPort();
        } catch (BindException taken) {
          // Another one.
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** Returns the port of the aggregator. */
  public int grpcPort() {
    return grpcPort;
  }

  int httpPort() {
    return httpPort;
  }

  /** Returns the address of the page, without a slash at the end. */
  public String url() {
    return "http://127.0.0.1:" + httpPort;
  }

  /**
   * Returns the body that a path answers with.
   *
   * @param path from the slash on, with its query
   */
  public String get(String path) {
    return send("GET", path, "").body();
  }

  HttpResponse<String> send(String method, String path, String body) {
    var request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return HTTP.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  boolean answers() {
    requireAlive();
    try {
      return send("GET", "/health", "").statusCode() == 200;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  /**
   * Waits until its log holds a text.
   *
   * @param text usually the name of an event
   */
  public void awaitLog(String text) {
    Eventually.until(
        text + " is in " + log,
        Duration.ofSeconds(60),
        () -> {
          requireAlive();
          return log().contains(text);
        });
  }

  /**
   * Sends a signal.
   *
   * @param name for example {@code STOP} or {@code CONT}
   */
  public void signal(String name) {
    try {
      int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
      if (status != 0) {
        throw new AssertionError("kill -" + name + " ended with " + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void requireAlive() {
    if (!process.isAlive()) {
      throw new AssertionError("the process ended with " + process.exitValue() + ":\n" + log());
    }
  }

  long pid() {
    return process.pid();
  }

  /** Returns everything the process has written. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the process as kill -9 does, and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    awaitEnd(Duration.ofSeconds(10));
  }

  /** Sends SIGTERM and returns the exit status; fails where it takes longer than 10 s. */
  int terminate() {
    process.destroy();
    awaitEnd(Duration.ofSeconds(10));
    return process.exitValue();
  }

  private void awaitEnd(Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running after " + patience + ":\n" + log());
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
