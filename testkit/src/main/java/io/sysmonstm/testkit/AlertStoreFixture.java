package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Operator;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Severity;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.ProviderContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store that begins empty in each test, and alerts and rules to write to it. */
abstract class AlertStoreFixture {
  static final Actor ME = Actor.within("me");

  final ManualTime time = new ManualTime(Instant.now().truncatedTo(ChronoUnit.MILLIS));
  final Instant begin = time.instant().minus(Duration.ofHours(1));
  TestContext context;
  AlertStore store;

  /**
   * Opens a store. Called once in each test, for an empty store, and again after that was closed,
   * for one that still has what was written.
   *
   * @param context with a data directory of this test alone, and a clock that leases and what is
   *     due have to go by
   * @return an open store, which the contract closes
   */
  protected abstract AlertStore create(ProviderContext context);

  @BeforeEach
  void open(@TempDir Path directory) {
    context = new TestContext(time, directory);
    store = create(context);
  }

  @AfterEach
  void close() {
    store.close();
    context.close();
  }

  void reopen() {
    store.close();
    store = create(context);
  }

  static void assertRefused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RequestException.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }

  Alert pending(String id, String machine, long startSecond) {
    return Alert.builder(id, "disk-filling", machine)
        .metric("disk_percent")
        .startedAt(begin.plusSeconds(startSecond))
        .build();
  }

  Alert fired(String id, String machine, long startSecond) {
    return pending(id, machine, startSecond).toBuilder()
        .state(AlertState.FIRING)
        .firedAt(begin.plusSeconds(startSecond + 1))
        .build();
  }

  Alert resolved(String id, String machine, long startSecond, long endSecond) {
    return fired(id, machine, startSecond).toBuilder()
        .state(AlertState.RESOLVED)
        .resolvedAt(begin.plusSeconds(endSecond))
        .build();
  }

  static Rule rule(String name, Rule.Origin origin) {
    return new Rule(
        name,
        new Rule.Threshold("cpu_percent", Operator.GT, 90, 90),
        Map.of("machine", "*"),
        Duration.ofSeconds(30),
        Severity.WARNING,
        Optional.empty(),
        origin);
  }
}
