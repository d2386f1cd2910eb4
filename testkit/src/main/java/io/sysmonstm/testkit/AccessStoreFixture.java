package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.AccountNames;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.LoginSession;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.spi.ProviderContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store that begins empty in each test, and what to write to it. */
abstract class AccessStoreFixture {
  static final Account ADMIN = account("admin", Account.Role.ADMIN);

  final ManualTime time = new ManualTime(Instant.now().truncatedTo(ChronoUnit.MILLIS));
  final Instant now = time.instant();
  TestContext context;
  AccessStore store;
  AlertStore alerts;

  /**
   * Opens a store. Called for an empty store first, and again, after that was closed or beside it,
   * for one that has what was written.
   *
   * @param context with a data directory of this test alone, and a clock that what expires has to
   *     go by
   * @return an open store, which the contract closes
   */
  protected abstract AccessStore create(ProviderContext context);

  /**
   * Opens the store of alerts of the same data. Called after the other.
   *
   * @param context as before
   * @return an open store, which the contract closes
   */
  protected abstract AlertStore createAlerts(ProviderContext context);

  @BeforeEach
  void open(@TempDir Path directory) {
    context = new TestContext(time, directory);
    store = create(context);
    alerts = createAlerts(context);
  }

  @AfterEach
  void close() {
    alerts.close();
    store.close();
    context.close();
  }

  void reopen() {
    alerts.close();
    store.close();
    store = create(context);
    alerts = createAlerts(context);
  }

  List<AuditEntry> audit() {
    return alerts.audit(Optional.empty(), 1_000);
  }

  List<String> actions() {
    return audit().stream().map(AuditEntry::action).toList();
  }

  static void assertRefused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RequestException.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }

  /** Runs all at once and waits for their end. */
  static void playOnce(List<Runnable> actors) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var each : threads.invokeAll(actors.stream().map(Executors::callable).toList())) {
        each.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** A round in which several try at once what one may do. */
  static Stress.Round oneWins(int actors, BooleanSupplier attempt) {
    var won = new AtomicInteger();
    return round(
        IntStream.range(0, actors)
            .<Runnable>mapToObj(
                i ->
                    () -> {
                      if (attempt.getAsBoolean()) {
                        won.incrementAndGet();
                      }
                    })
            .toList(),
        () -> assertThat(won).hasValue(1));
  }

  static Stress.Round round(List<Runnable> actors, Runnable check) {
    return new Stress.Round() {
      @Override
      public List<Runnable> actors() {
        return actors;
      }

      @Override
      public void check() {
        check.run();
      }
    };
  }

  AuditEntry entry(String action, String subject) {
    return new AuditEntry(time.instant(), "ann", "192.0.2.7", action, subject, "");
  }

  static Account account(String name, Account.Role role) {
    return new Account(
        name, role, Optional.of("hash of " + name), Optional.empty(), Instant.ofEpochSecond(1));
  }

  LoginSession session(String hash, String account, Duration holds) {
    var begin = time.instant();
    return new LoginSession(
        hash, account, "csrf of " + hash, begin, begin, begin.plus(holds), "192.0.2.7");
  }

  ApiToken apiToken(String id, Optional<Instant> expiresAt) {
    return new ApiToken(
        id,
        "hash of " + id,
        "for " + id,
        Set.of(ApiToken.Scope.READ, ApiToken.Scope.ENROL),
        AccountNames.OPERATOR,
        time.instant(),
        expiresAt,
        Optional.empty());
  }

  ApiToken apiToken(String id, String createdBy, ApiToken.Scope... scopes) {
    return new ApiToken(
        id,
        "hash of " + id,
        "for " + id,
        Set.of(scopes),
        createdBy,
        time.instant(),
        Optional.empty(),
        Optional.empty());
  }

  EnrolmentToken enrolmentToken(String id) {
    var made = time.instant();
    return new EnrolmentToken(
        id,
        "hash of " + id,
        "ann",
        made,
        made.plus(Duration.ofHours(1)),
        Optional.empty(),
        Optional.empty());
  }

  MachineCredential credential(String id, String machineId) {
    return new MachineCredential(
        id,
        machineId,
        MachineCredential.Kind.CERTIFICATE,
        "hash of " + id,
        time.instant(),
        time.instant().plus(Duration.ofDays(30)),
        Optional.empty());
  }
}
