package io.sysmonstm.test.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis on a free port of the loopback address, without persistence: each start is an empty
 * server on the same port. Keeps its files in a directory of its own, which closing removes.
 * Confined to one thread at a time.
 *
 * <p>It is the one of the Maven artifact, unless the environment variable {@code
 * SYSMONSTM_TEST_REDIS_EXECUTABLE} names another: the {@code redis-server} or {@code valkey-server}
 * that the tests shall run on.
 */
public final class RedisServer implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final int ATTEMPTS = 5;
  private static final String VARIABLE = "SYSMONSTM_TEST_REDIS_EXECUTABLE";

  private final Path directory;
  private final List<String> options;
  private int port;
  private int tlsPort;
  private @Nullable Process process;

  private RedisServer(Path directory, List<String> options, int port) {
    this.directory = directory;
    this.options = options;
    this.port = port;
  }

  /**
   * Starts a server.
   *
   * @param options further settings as on its command line, for example {@code "--maxmemory",
   *     "2mb"} or {@code "--requirepass", "secret"}
   * @return a server that answers
   */
  public static RedisServer running(String... options) {
    var server = new RedisServer(temporaryDirectory(), List.of(options), freePort());
    try {
      server.begin();
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    return server;
  }

  /**
   * Starts a server that also listens for TLS, on {@link #tlsPort}, and asks clients for no
   * certificate.
   *
   * @param identity what it shows
   * @param authority who signs the certificates of clients, where options ask for them
   * @param options further settings as for {@link #running}
   * @return a server that answers
   */
  public static RedisServer secured(
      CertificateAuthority.Identity identity, CertificateAuthority authority, String... options) {
    int tlsPort = freePort();
    var all = new ArrayList<String>();
    all.addAll(List.of("--tls-port", Integer.toString(tlsPort)));
    all.addAll(List.of("--tls-cert-file", identity.certificate().toString()));
    all.addAll(List.of("--tls-key-file", identity.key().toString()));
    all.addAll(List.of("--tls-ca-cert-file", authority.certificate().toString()));
    all.addAll(List.of("--tls-auth-clients", "no"));
    all.addAll(List.of(options));
    var server = running(all.toArray(String[]::new));
    server.tlsPort = tlsPort;
    return server;
  }

  /**
   * {@return a server that was not started, on a port that nobody listens on}
   *
   * @param options as for {@link #running(String...)}
   */
  public static RedisServer stopped(String... options) {
    return new RedisServer(temporaryDirectory(), List.of(options), freePort());
  }

  /** {@return its port, the same over all starts} */
  public int port() {
    return port;
  }

  /** {@return the port for TLS, 0 where it has none} */
  public int tlsPort() {
    return tlsPort;
  }

  /** {@return its address as a URL, without a password} */
  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** {@return a directory for the files that options name; removed when the server is closed} */
  public Path directory() {
    return directory;
  }

  /** Starts it again, empty, on the same port; no effect where it runs. */
  public void start() {
    if (!isRunning()) {
      begin();
    }
  }

  /** Kills it, so that its connections break; no effect where it does not run. */
  public void stop() {
    var running = process;
    process = null;
    if (running != null) {
      running.destroyForcibly();
      try {
        running.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Empties it; works only where it wants no password. */
  public void clear() {
    execute("FLUSHALL");
  }

  /**
   * Executes a command as one would type it; works only where it wants no password.
   *
   * @param command the command and its arguments, separated by blanks
   */
  public void execute(String command) {
    if (answer(command) != '+') {
      throw new IllegalStateException("Redis refuses: " + command);
    }
  }

  /** Freezes it: connections stay, and nothing is answered. */
  public void pause() {
    signal("STOP");
  }

  /** Lets a frozen server go on. */
  public void resume() {
    signal("CONT");
  }

  /** {@return whether its process lives, frozen or not} */
  public boolean isRunning() {
    return process != null && process.isAlive();
  }

  @Override
  public void close() {
    stop();
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + directory, e);
    }
  }

  private void begin() {
    for (int attempt = 1; ; attempt++) {
      try {
        launch();
        return;
      } catch (IllegalStateException e) {
        stop();
        // Somebody else may have taken the port since it was found free.
        if (attempt == ATTEMPTS || !e.getMessage().contains("Address already in use")) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
    }
  }

  private void launch() {
    var log = directory.resolve("redis.log");
    try {
      var command = new ArrayList<String>();
      command.add(Executable.PATH.toString());
      command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
      command.addAll(List.of("--dir", directory.toString(), "--save", "", "--appendonly", "no"));
      command.addAll(options);
      var started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      process = started;
      awaitAnswer(started, log);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start Redis", e);
    }
  }

  private void awaitAnswer(Process started, Path log) throws IOException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    // An error is an answer too, where it wants a password.
    while (answer("PING") < 0) {
      if (!started.isAlive() || System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("Redis did not start: " + Files.readString(log));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** {@return the first byte of the answer, -1 where there is none} */
  private int answer(String command) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      socket.setSoTimeout(1000);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      return socket.getInputStream().read();
    } catch (IOException notYet) {
      return -1;
    }
  }

  private void signal(String name) {
    if (process == null) {
      throw new IllegalStateException("Redis does not run");
    }
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot send SIG" + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port", e);
    }
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("sysmonstm-redis-");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary directory", e);
    }
  }

  /** The program, unpacked once for each JVM and removed at its end. */
  private static final class Executable {
    static final Path PATH = path();

    private static Path path() {
      var given = System.getenv(VARIABLE);
      return given == null || given.isBlank() ? unpack() : Path.of(given);
    }

    private static Path unpack() {
      try {
        var directory = temporaryDirectory();
        var file = ExecutableProvider.newJarResourceProvider(directory.toFile()).get().toPath();
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(
                    () -> {
                      try {
                        Files.deleteIfExists(file);
                        Files.deleteIfExists(directory);
                      } catch (IOException leftBehind) {
                        // The system empties its temporary directory.
                      }
                    }));
        return file;
      } catch (IOException e) {
        throw new UncheckedIOException("cannot unpack Redis", e);
      }
    }
  }
}
