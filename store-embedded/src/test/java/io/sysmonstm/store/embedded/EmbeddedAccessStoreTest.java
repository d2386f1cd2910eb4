package io.sysmonstm.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.Skipped;
import io.sysmonstm.testkit.TestContext;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedAccessStoreTest {
  private static final Account ADMIN =
      new Account(
          "admin", Account.Role.ADMIN, Optional.of("hash"), Optional.empty(), Instant.EPOCH);

  private Path file;
  private TestContext context;
  private EmbeddedAccessStore store;

  @BeforeEach
  void open(@TempDir Path directory) {
    file = directory.resolve("access.db");
    context = new TestContext(TimeSource.system(), directory);
    store = new EmbeddedAccessStore(context);
  }

  @AfterEach
  void close() {
    store.close();
    context.close();
  }

  @Test
  void keepsTheFileFromOtherUsers() throws IOException {
    assertThat(Files.getPosixFilePermissions(file)).hasToString("[OWNER_READ, OWNER_WRITE]");
  }

  @Test
  void givesAFileThatRootMadeToTheOwnerOfTheDirectory() throws IOException {
    Skipped.unless(
        System.getProperty("user.name").equals("root"), "only root can make files for others");
    store.close();
    Files.delete(file);
    var nobody =
        file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    Files.setOwner(context.dataDirectory(), nobody);
    store = new EmbeddedAccessStore(context);
    store.createFirstAccount(ADMIN, entry("account_created", "admin"));

    for (var part : List.of("access.db", "access.db-wal", "access.db-shm")) {
      assertThat(Files.getOwner(file.resolveSibling(part))).as(part).isEqualTo(nobody);
    }
  }

  @Test
  void worksInASecondProcessWhileThisOneHasItOpen() throws Exception {
    store.createFirstAccount(ADMIN, entry("account_created", "admin"));
    long before = store.accessRevision();

    var process = OtherProcess.start(TokenMaker.class, context.dataDirectory());
    // Meanwhile this one writes too.
    int written = 0;
    while (process.isAlive()) {
      store.record(entry("busy_" + written++ % 50, ""));
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said.strip()).isEqualTo("admin");
    assertThat(written).isPositive();
    assertThat(store.enrolmentTokens()).hasSize(TokenMaker.TOKENS);
    assertThat(store.accessRevision()).isEqualTo(before + TokenMaker.TOKENS);
    assertThat(store.redeem("t-0", "hash", credential(), entry("enrolled", "m"))).isTrue();
  }

  /** What a command does while a role runs. */
  static final class TokenMaker {
    static final int TOKENS = 50;

    private TokenMaker() {}

    public static void main(String[] arguments) {
      try (var context = new TestContext(TimeSource.system(), Path.of(arguments[0]));
          var store = new EmbeddedAccessStore(context)) {
        for (int i = 0; i < TOKENS; i++) {
          var now = Instant.now();
          store.addEnrolmentToken(
              new EnrolmentToken(
                  "t-" + i,
                  "hash",
                  "command",
                  now,
                  now.plus(Duration.ofHours(1)),
                  Optional.empty(),
                  Optional.empty()),
              entry("enrolment_token_created", "t-" + i));
        }
        System.out.println(store.accounts().getFirst().name());
      }
    }
  }

  @Test
  void isMadeOnceByProcessesThatStartAtOnce() throws Exception {
    store.close();
    Files.delete(file);
    var processes = new ArrayList<Process>();
    for (int i = 0; i < 3; i++) {
      processes.add(OtherProcess.start(FirstAccountMaker.class, context.dataDirectory(), "a" + i));
    }
    var said = new ArrayList<String>();
    for (var process : processes) {
      said.add(new String(process.getInputStream().readAllBytes(), UTF_8).strip());
      assertThat(process.waitFor()).isZero();
    }
    store = new EmbeddedAccessStore(context);

    assertThat(said).containsExactlyInAnyOrder("true", "false", "false");
    assertThat(store.accounts()).hasSize(1);
  }

  /** A gateway that starts for the first time. */
  static final class FirstAccountMaker {
    private FirstAccountMaker() {}

    public static void main(String[] arguments) {
      try (var context = new TestContext(TimeSource.system(), Path.of(arguments[0]));
          var store = new EmbeddedAccessStore(context)) {
        var account =
            new Account(
                arguments[1],
                Account.Role.ADMIN,
                Optional.empty(),
                Optional.empty(),
                Instant.now());
        System.out.println(store.createFirstAccount(account, entry("x", arguments[1])));
      }
    }
  }

  @Test
  @DisplayName("row 21: the audit is append-only")
  void refusesToChangeOrDeleteTheAudit() {
    store.record(entry("login_failed", "admin"));

    for (var change :
        List.of(
            "UPDATE audit SET by = 'nobody'",
            "DELETE FROM audit",
            "REPLACE INTO audit (id, time, by, source, action, subject, detail)"
                + " VALUES (1, 0, 'nobody', '', '', '', '')")) {
      assertThatExceptionOfType(StoreUnavailableException.class)
          .as(change)
          .isThrownBy(() -> execute(change))
          .havingCause()
          .isInstanceOf(SQLException.class)
          .withMessageContaining("the audit is");
    }
    assertThat(actions()).containsExactly("login_failed");
  }

  @Test
  void deletesWhatIsTwoYearsOld() {
    var now = Instant.now();
    store.record(at(now.minus(Duration.ofDays(731)), "too_old"));
    store.record(at(now.minus(Duration.ofDays(729)), "old"));
    store.createFirstAccount(ADMIN, entry("account_created", "admin"));
    for (int i = 0; i < 99; i++) {
      store.record(entry("new", ""));
    }

    assertThat(actions()).contains("old", "account_created", "new").doesNotContain("too_old");
    assertThat(context.metrics().collect())
        .filteredOn(reading -> reading.name().equals("audit_entries"))
        .singleElement()
        .satisfies(reading -> assertThat(reading.value()).isBetween(90.0, 110.0));
  }

  @Test
  void leavesADamagedFileAsItIsAndLetsNobodyBeTheFirst() throws Exception {
    store.createFirstAccount(ADMIN, entry("account_created", "admin"));
    store.close();
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2);
    }
    store = new EmbeddedAccessStore(context);

    assertThat(store.health().isOk()).isFalse();
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> store.createFirstAccount(ADMIN, entry("account_created", "admin")))
        .withMessageContaining("access.db")
        .withMessageContaining("restore a copy of it");
    try (var files = Files.list(context.dataDirectory())) {
      assertThat(files.map(one -> one.getFileName().toString()))
          .noneMatch(name -> name.contains("damaged"));
    }
  }

  @Test
  void leavesAFileOfALaterVersionAsItIs() {
    execute("PRAGMA user_version = 99");
    store.close();
    store = new EmbeddedAccessStore(context);

    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> store.accounts())
        .withMessageContaining("a later version of sysmonstm made the file");
  }

  @Test
  void hasRoomForSoManyAndNoMore() {
    store.createFirstAccount(ADMIN, entry("account_created", "admin"));
    execute(
        """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
        INSERT INTO account (name, role, created) SELECT 'viewer ' || i, 'VIEWER', 0 FROM n\
        """
            .formatted(AccessStore.MOST - 1));
    execute(
        """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
        INSERT INTO credential (id, machine, kind, secret_hash, issued, expires)
        SELECT 'c ' || i, 'm', 'TOKEN', '', 0, %d FROM n\
        """
            .formatted(
                AccessStore.MOST_CREDENTIALS,
                UnixNanos.of(Instant.now().plus(Duration.ofDays(1)))));
    var onceMore =
        new Account("new", Account.Role.VIEWER, Optional.empty(), Optional.empty(), Instant.EPOCH);

    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> store.addAccount(onceMore, entry("account_added", "new")))
        .returns(ErrorCode.RESOURCE_EXHAUSTED, RequestException::code);
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> store.addCredential(credential(), entry("issued", "m")))
        .returns(ErrorCode.RESOURCE_EXHAUSTED, RequestException::code);
    store.changeAccount(ADMIN, ADMIN, entry("account_changed", "admin"));
  }

  private void execute(String sql) {
    store
        .database()
        .write(
            "do what nobody does",
            session -> {
              session.execute(sql);
              return true;
            });
  }

  private List<String> actions() {
    return store
        .database()
        .read("read the audit", session -> AuditRows.newest(session, Optional.empty(), 1000))
        .stream()
        .map(AuditEntry::action)
        .toList();
  }

  private static AuditEntry entry(String action, String subject) {
    return new AuditEntry(Instant.now(), "admin", "192.0.2.7", action, subject, "");
  }

  private static AuditEntry at(Instant time, String action) {
    return new AuditEntry(time, "admin", "192.0.2.7", action, "", "");
  }

  private static MachineCredential credential() {
    var now = Instant.now();
    return new MachineCredential(
        "c",
        "m",
        MachineCredential.Kind.CERTIFICATE,
        "hash",
        now,
        now.plus(Duration.ofDays(30)),
        Optional.empty());
  }
}
