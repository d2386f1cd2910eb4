package io.sysmonstm.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.TimeSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseFileTest {
  private static final Schema SCHEMA =
      new Schema(List.of(List.of("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)")));

  private Path directory;
  private Path path;

  @BeforeEach
  void choosePath(@TempDir Path temporary) {
    directory = temporary;
    path = temporary.resolve("test.db");
  }

  @Test
  void refusesASecondOpenOfTheSameFile() {
    try (var first = open(SCHEMA)) {
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(() -> open(SCHEMA))
          .withMessageContaining("test.db is in use by another sysmonstm");
      insert(first, "still works");
    }
    try (var second = open(SCHEMA)) {
      assertThat(texts(second)).containsExactly("still works");
    }
  }

  @Test
  void canBeReadByItsOwnerOnly() throws IOException {
    try (var database = open(SCHEMA)) {
      insert(database, "secret");
      assertThat(Files.getPosixFilePermissions(path)).hasToString("[OWNER_READ, OWNER_WRITE]");
    }
  }

  @Test
  void movesAFileAsideThatIsNoDatabase() throws IOException {
    Files.writeString(
        path, "this is not a database, and longer than the header of one\n".repeat(50));

    assertBegunAnewWith("damaged");
  }

  @Test
  void movesAFileAsideThatIsCutShort() throws IOException {
    fill();
    try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2);
    }

    assertBegunAnewWith("damaged");
  }

  @Test
  void movesAFileAsideThatHasGarbageInside() throws IOException {
    fill();
    try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[20_000]), channel.size() / 2);
    }

    assertBegunAnewWith("damaged");
  }

  @Test
  void movesAFileAsideThatALaterVersionMade() throws IOException {
    var later = new Schema(List.of(SCHEMA.steps().getFirst(), List.of("CREATE TABLE u (x)")));
    try (var database = open(later)) {
      insert(database, "old");
    }

    assertBegunAnewWith("newer-version");
  }

  @Test
  void takesTheStepsThatAreMissingAndKeepsWhatIsThere() {
    try (var database = open(SCHEMA)) {
      insert(database, "old");
    }
    var later =
        new Schema(
            List.of(
                SCHEMA.steps().getFirst(),
                List.of("ALTER TABLE t ADD COLUMN more TEXT", "UPDATE t SET text = text || '!'")));
    try (var database = open(later)) {
      assertThat(texts(database)).containsExactly("old!");
    }
    try (var database = open(later)) {
      assertThat(texts(database)).as("the step is not taken twice").containsExactly("old!");
    }
  }

  @Test
  void movesAFileAsideThatTurnsOutDamagedWhileItIsUsed() throws IOException {
    fill();
    try (var database = open(SCHEMA)) {
      overwriteWithoutTheCache(database);

      assertThatExceptionOfType(StoreUnavailableException.class)
          .isThrownBy(
              () ->
                  database.write(
                      "rewrite",
                      session -> {
                        session.execute("UPDATE t SET text = text || '.'");
                        return true;
                      }))
          .withMessageContaining("damaged");
      assertThat(database.health().isOk()).isFalse();

      insert(database, "new");

      assertThat(texts(database)).containsExactly("new");
      assertThat(database.health().isOk()).isTrue();
      assertThat(kept("damaged")).isNotEmpty();
    }
  }

  @Test
  void startsWithoutAFileThatDoesNotOpenAndOpensItLater() throws IOException {
    Files.createDirectory(path);
    try (var database = open(SCHEMA)) {
      assertThat(database.health().isOk()).isFalse();
      assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> texts(database));

      Files.delete(path);
      insert(database, "now");

      assertThat(texts(database)).containsExactly("now");
      assertThat(database.health().isOk()).isTrue();
    }
  }

  @Test
  void saysSoWhenAnotherProgramHoldsTheFileAndGoesOnAfterwards() throws SQLException {
    try (var database = open(SCHEMA)) {
      database.tend("be impatient", session -> session.ask("PRAGMA busy_timeout = 20"));
      try (var other = DriverManager.getConnection("jdbc:sqlite:" + path);
          var statement = other.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        assertThatExceptionOfType(StoreUnavailableException.class)
            .isThrownBy(() -> insert(database, "not now"))
            .withMessage(
                "test.db: could not insert: another program holds the file; it goes on when that is done");
        assertThat(database.health().isOk()).isFalse();
        assertThat(texts(database)).as("reading goes on").isEmpty();
      }
      insert(database, "now");

      assertThat(texts(database)).containsExactly("now");
      assertThat(database.health().isOk()).isTrue();
    }
  }

  @Test
  void undoesWorkThatFailsHalfway() {
    try (var database = open(SCHEMA)) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(
              () ->
                  database.write(
                      "fail",
                      session -> {
                        session.execute("INSERT INTO t (text) VALUES ('half')");
                        throw new IllegalStateException("a fault of ours");
                      }));
      insert(database, "whole");

      assertThat(texts(database)).containsExactly("whole");
    }
  }

  @Test
  void waitsForTheDiskAtEachCommit() {
    try (var database = open(SCHEMA)) {
      assertThat(database.<String>tend("ask", session -> session.ask("PRAGMA synchronous")))
          .isEqualTo("2");
      assertThat(database.<String>tend("ask", session -> session.ask("PRAGMA journal_mode")))
          .isEqualTo("wal");
      assertThat(database.<String>tend("ask", session -> session.ask("PRAGMA auto_vacuum")))
          .isEqualTo("2");
    }
  }

  private void assertBegunAnewWith(String why) throws IOException {
    try (var database = open(SCHEMA)) {
      insert(database, "new");
      assertThat(texts(database)).containsExactly("new");
      assertThat(database.health().isOk()).isTrue();
    }
    assertThat(kept(why)).hasSize(1);
    assertThat(Files.size(kept(why).getFirst())).isPositive();
  }

  private List<Path> kept(String why) throws IOException {
    try (var files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("test.db." + why))
          .filter(file -> !file.toString().endsWith("-wal") && !file.toString().endsWith("-shm"))
          .toList();
    }
  }

  private void fill() {
    try (var database = open(SCHEMA)) {
      for (int i = 0; i < 100; i++) {
        insert(database, "x".repeat(2000));
      }
    }
  }

  private void overwriteWithoutTheCache(Database database) throws IOException {
    database.tend("checkpoint", session -> session.ask("PRAGMA wal_checkpoint(TRUNCATE)"));
    database.tend(
        "forget pages",
        session -> {
          session.execute("PRAGMA shrink_memory");
          return true;
        });
    var garbage = new byte[40_000];
    Arrays.fill(garbage, (byte) 0x5A);
    try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(garbage), 16_384);
    }
  }

  private Database open(Schema schema) {
    return new Database(path, schema, TimeSource.system());
  }

  private static void insert(Database database, String text) {
    database.write(
        "insert",
        session -> {
          var insert = session.prepare("INSERT INTO t (text) VALUES (?)");
          insert.setString(1, text);
          return insert.executeUpdate();
        });
  }

  private static List<String> texts(Database database) {
    return database.read(
        "read",
        session -> {
          var texts = new ArrayList<String>();
          try (var rows = session.prepare("SELECT text FROM t ORDER BY id").executeQuery()) {
            while (rows.next()) {
              texts.add(rows.getString(1));
            }
          }
          return texts;
        });
  }
}
