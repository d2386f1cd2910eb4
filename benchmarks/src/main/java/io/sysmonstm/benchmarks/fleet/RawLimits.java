package io.sysmonstm.benchmarks.fleet;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.sysmonstm.load.ServerCpu;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;

/** What the servers do at the most for a client that does nothing but write. */
final class RawLimits {
  private static final int ROWS = 2_000_000;
  private static final int ROWS_A_COMMIT = 5_000;
  private static final int COMMANDS = 50_000;
  private static final int PIPELINE = 32;
  private static final int FIELDS = 20;

  private RawLimits() {}

  static void print(Servers servers) throws SQLException, IOException {
    copy(servers);
    set(servers);
  }

  private static void copy(Servers servers) throws SQLException, IOException {
    try (var connection = servers.connect();
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE raw (time timestamptz, series_id int4, value float8)");
      var copier = connection.unwrap(PGConnection.class).getCopyAPI();
      var cpu = ServerCpu.of(servers.postgresPid());
      long start = System.nanoTime();
      for (int first = 0; first < ROWS; first += ROWS_A_COMMIT) {
        var rows = rows(first);
        var copy = copier.copyIn("COPY raw FROM STDIN BINARY");
        copy.writeToCopy(rows, 0, rows.length);
        copy.endCopy();
      }
      print(
          "COPY BINARY, %,d rows a commit".formatted(ROWS_A_COMMIT),
          ROWS,
          start,
          ServerCpu.of(servers.postgresPid()).minus(cpu));
      statement.execute("DROP TABLE raw");
    }
  }

  // The format: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
  private static byte[] rows(int first) {
    var signature = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    var buffer = ByteBuffer.allocate(signature.length + 8 + ROWS_A_COMMIT * 34 + 2);
    buffer.put(signature).putInt(0).putInt(0);
    for (int row = first; row < first + ROWS_A_COMMIT; row++) {
      buffer.putShort((short) 3);
      buffer.putInt(8).putLong(row * 1_000L);
      buffer.putInt(4).putInt(row % 1_000);
      buffer.putInt(8).putDouble(row % 100);
    }
    return buffer.putShort((short) -1).array();
  }

  private static void set(Servers servers) {
    try (var client = RedisClient.create(servers.redisUrl());
        var connection = client.connect()) {
      connection.setAutoFlushCommands(false);
      var cpu = ServerCpu.of(servers.redisPid());
      long start = System.nanoTime();
      for (int done = 0; done < COMMANDS; done += PIPELINE) {
        pipeline(connection, done);
      }
      print(
          "HSET of %d fields, %d at a time".formatted(FIELDS, PIPELINE),
          (long) COMMANDS * FIELDS,
          start,
          ServerCpu.of(servers.redisPid()).minus(cpu));
    }
  }

  private static void pipeline(StatefulRedisConnection<String, String> connection, int first) {
    List<RedisFuture<?>> answers = new ArrayList<>();
    for (int command = first; command < first + PIPELINE; command++) {
      int now = command;
      Map<String, String> fields =
          IntStream.range(0, FIELDS)
              .boxed()
              .collect(Collectors.toMap(field -> "series-" + field, field -> now + " " + field));
      answers.add(connection.async().hset("raw:" + command % 200, fields));
    }
    connection.flushCommands();
    LettuceFutures.awaitAll(Duration.ofSeconds(30), answers.toArray(RedisFuture[]::new));
  }

  private static void print(String title, long samples, long startNanos, Duration cpu) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    System.out.printf(
        "raw limit: %s%n  %,.0f samples/s, %,.0f per server CPU-second%n",
        title, samples / seconds, samples / (cpu.toNanos() / 1e9));
  }
}
