package io.sysmonstm.gateway.helidon.internal.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.gateway.helidon.LoginMode;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.spi.Account;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.InMemoryAccessStore;
import io.sysmonstm.testkit.InMemoryAlertStore;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.web.helidon.internal.http.TooManyException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A store that is asked one thing at a time, and passwords that are looked at one at a time. */
class AccessTest {
  private static final String HOME = "192.0.2.7";

  private final ManualTime time = new ManualTime();
  private final InMemoryAccessStore store = new InMemoryAccessStore(time, new InMemoryAlertStore());
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final StoreCalls calls =
      new StoreCalls("the store", 1, Duration.ofSeconds(20), Duration.ofMillis(500), executor);
  private final Access access = new Access(store, calls, LoginMode.AUTO, true, time, executor);
  private final Turns turns = new Turns(1, Duration.ZERO);
  private final Logins logins = new Logins(store, calls, access, time, new Passwords(turns));

  @AfterEach
  void close() {
    executor.close();
  }

  private AuditEntry entry() {
    return AuditEntry.of(time.instant(), Actor.within("test"), "x", "ada", "");
  }

  @Test
  @DisplayName("row 8: an account that another gateway made is seen, also after a store that hung")
  void whatIsAskedInTheBackgroundIsAskedAgain() {
    assertThat(access.isSetupNeeded()).isTrue();
    var hangs = new CountDownLatch(1);
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(
            () ->
                calls.tell(
                    () -> {
                      try {
                        hangs.await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    access.tick();
    access.tick();
    hangs.countDown();

    var admin =
        new Account("ada", Account.Role.ADMIN, Optional.of("x"), Optional.empty(), time.instant());
    store.createFirstAccount(admin, entry());
    Eventually.until(
        "it is seen",
        () -> {
          access.tick();
          return !access.isSetupNeeded();
        });
  }

  @Test
  @DisplayName("row 13: a suspect who waits in vain has had a try, others have not")
  void whoWaitsInVain() {
    assertThatExceptionOfType(RequestException.class).isThrownBy(() -> login("198.51.100.1"));
    try (var _ = turns.take(false)) {
      for (int i = 0; i < 10; i++) {
        assertThatExceptionOfType(Turns.WaitedInVainException.class)
            .isThrownBy(() -> logins.login("bob", "not the password", HOME, Optional.empty()));
      }
      for (int i = 0; i < 5; i++) {
        assertThatExceptionOfType(Turns.WaitedInVainException.class)
            .as("try %d", i)
            .isThrownBy(() -> login(HOME));
      }
      assertThatExceptionOfType(TooManyException.class)
          .isThrownBy(() -> login(HOME))
          .withMessageContaining("from this address");
    }
  }

  private Logins.Begun login(String address) {
    return logins.login("ada", "not the password", address, Optional.empty());
  }
}
