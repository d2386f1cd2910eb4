package io.sysmonstm.test.servers;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL of its own, with {@code fsync} and {@code synchronous_commit} on as in production,
 * on a free port of the loopback interface. It can be stopped, started again with its data, frozen
 * and asked from the outside. The superuser is {@code postgres}, without a password. Confined to
 * one thread.
 */
public final class PostgresServer implements AutoCloseable {
  // A logger is forgotten with its level once nobody holds it.
  private static final Logger NOISE = Logger.getLogger("io.zonky.test");
  private static final AtomicInteger DATABASES = new AtomicInteger();

  static {
    NOISE.setLevel(Level.WARNING);
  }

  private final Path data;
  private final Map<String, String> settings;
  private int port;
  private @Nullable EmbeddedPostgres running;

  private PostgresServer(Path data, Map<String, String> settings) {
    this.data = data;
    this.settings = settings;
  }

  /** Starts a server with an empty data directory; takes a second or two. */
  public static PostgresServer create() {
    return create(Map.of());
  }

  /**
   * Starts a server that takes connections by TLS too.
   *
   * @param identity what it shows
   */
  public static PostgresServer secured(CertificateAuthority.Identity identity) {
    return create(
        Map.of(
            "ssl", "on",
            "ssl_cert_file", identity.certificate().toString(),
            "ssl_key_file", identity.key().toString()));
  }

  private static PostgresServer create(Map<String, String> settings) {
    try {
      var server = new PostgresServer(Files.createTempDirectory("postgres"), settings);
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it on the same port with the same data, where it does not run. */
  public void start() {
    if (running != null) {
      return;
    }
    try {
      var builder =
          EmbeddedPostgres.builder()
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setPort(port)
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("max_connections", "100")
              .setServerConfig("shared_buffers", "64MB");
      settings.forEach(builder::setServerConfig);
      running = builder.start();
      port = running.getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops it, cutting all connections; the data stays. */
  public void stop() {
    if (running != null) {
      try {
        running.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      running = null;
    }
  }

  /** Freezes all its processes: connections stay open, and nothing is answered any more. */
  public void pause() {
    signal("-STOP");
  }

  /** Lets it go on after {@link #pause}. */
  public void resume() {
    signal("-CONT");
  }

  /** Makes a new, empty database; returns its URL, with the superuser in it. */
  public String createDatabase() {
    var name = "test_" + DATABASES.incrementAndGet();
    execute(jdbcUrl("postgres"), "CREATE DATABASE " + name);
    return jdbcUrl(name);
  }

  /** Returns the URL of a database, with the superuser in it. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres".formatted(port, database);
  }

  /** Returns the port, the same after each start. */
  public int port() {
    return port;
  }

  /** Runs statements in a database, each in a transaction of its own. */
  public static void execute(String jdbcUrl, String... statements) {
    try (var connection = DriverManager.getConnection(jdbcUrl);
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(String.join("; ", statements), e);
    }
  }

  /** Asks a database; returns the first column of the answer as texts. */
  public static List<Optional<String>> ask(String jdbcUrl, String query) {
    try (var connection = DriverManager.getConnection(jdbcUrl);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      var answer = new ArrayList<Optional<String>>();
      while (rows.next()) {
        answer.add(Optional.ofNullable(rows.getString(1)));
      }
      return answer;
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  /** Asks a database for one number. */
  public static long askNumber(String jdbcUrl, String query) {
    return Long.parseLong(ask(jdbcUrl, query).getFirst().orElseThrow());
  }

  @Override
  public void close() {
    resume();
    stop();
    try (var files = Files.walk(data)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void signal(String signal) {
    if (running == null) {
      return;
    }
    try {
      long postmaster =
          Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
      var command = new ArrayList<>(List.of("kill", signal, Long.toString(postmaster)));
      ProcessHandle.of(postmaster).stream()
          .flatMap(ProcessHandle::descendants)
          .forEach(backend -> command.add(Long.toString(backend.pid())));
      new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
