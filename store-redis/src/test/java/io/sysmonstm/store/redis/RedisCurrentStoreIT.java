package io.sysmonstm.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.lettuce.core.RedisURI;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.redis.client.RedisConnector;
import io.sysmonstm.redis.client.TlsFiles;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.test.servers.RedisServer;
import io.sysmonstm.test.servers.RedisUser;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RedisCurrentStoreIT {
  private static final Duration NOTICED = Duration.ofSeconds(3);
  private static final Duration FRESH = Duration.ofSeconds(10);
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final TestContext context = new TestContext(TimeSource.system(), Path.of("."));
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (var each : opened.reversed()) {
      each.close();
    }
    context.close();
  }

  @Test
  void startsWhileTheServerIsDownAndShowsAllOnceItIsUp() {
    var server = opened(RedisServer.stopped());
    var store = store(server.url());
    store.update(event("a", 0, 1));
    store.update(event("a", 5, 2));

    Eventually.until(
        "it says so",
        () -> store.health().problem().filter("Redis cannot be reached"::equals).isPresent());
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(store::machines)
        .withMessage("cannot read the states of all machines: Redis cannot be reached");
    server.start();

    Eventually.until("fresh", FRESH, () -> store.health().isOk() && value(store, "a") == 2);
    assertThat(count("current_updates_merged_total")).isEqualTo(1);
  }

  @Test
  void hasAllStateAgainWithTheNextBatchesAfterTheServerCameBackEmpty() {
    var server = opened(RedisServer.running());
    var store = store(server.url());
    store.update(event("a", 0, 1));
    store.update(event("b", 0, 1));
    Eventually.until("both are there", () -> readable(store) == 2);

    server.stop();
    Eventually.until("noticed", NOTICED, () -> !store.health().isOk());
    server.start();
    Eventually.until("back", FRESH, () -> store.health().isOk());
    assertThat(store.machines()).isEmpty();
    store.update(batch("a", 5).sample("memory_percent", 9).event());

    Eventually.until("a is there", () -> readable(store) == 1);
    assertThat(store.machine("a").orElseThrow().samples())
        .extracting(Sample::metric)
        .containsExactlyInAnyOrder("cpu_percent", "memory_percent");
  }

  @Test
  void neitherBlocksNorPilesUpWhileTheServerIsFrozen() {
    var server = opened(RedisServer.running());
    var store = store(server.url());
    store.update(event("a", 0, 1));
    Eventually.until("connected", () -> readable(store) == 1);
    server.pause();
    try {
      long begin = System.nanoTime();
      assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(store::machines);
      assertThat(elapsed(begin)).isLessThan(Duration.ofMillis(900));
      Eventually.until("noticed", NOTICED, () -> !store.health().isOk());
      begin = System.nanoTime();
      for (int i = 1; i <= 10_000; i++) {
        store.update(event("m" + i % 50, i, i));
      }
      assertThat(elapsed(begin)).isLessThan(Duration.ofSeconds(1));
      assertThat(count("current_updates_waiting")).isLessThanOrEqualTo(51);
      assertThatExceptionOfType(StoreUnavailableException.class)
          .isThrownBy(() -> store.machine("a"));
    } finally {
      server.resume();
    }

    Eventually.until("fresh", FRESH, () -> readable(store) == 51 && value(store, "m0") == 10_000);
  }

  @Test
  void saysThatTheServerRefusesWritesAndGoesOnReading() {
    var server =
        opened(RedisServer.running("--maxmemory", "1500kb", "--maxmemory-policy", "noeviction"));
    var store = store(server.url());
    for (int i = 0; i < 2_000; i++) {
      store.update(event("m" + i, 0, 1));
    }

    Eventually.until(
        "it says so",
        () ->
            store
                .health()
                .problem()
                .filter(text -> text.endsWith("memory limit is reached"))
                .isPresent());
    assertThat(store.machines()).isNotEmpty();
    assertThat(count("current_writes_failed_total")).isPositive();
    assertThat(count("redis_failures_total")).isPositive();
    try (var connector = connector(server.url());
        var connection = connector.connect()) {
      connection.sync().configSet("maxmemory", "0");
    }

    Eventually.until(
        "all are there", FRESH, () -> store.health().isOk() && readable(store) == 2_000);
  }

  @Test
  void showsTheNewestOfWhatTwoWritersGotOutOfOrder() {
    var server = opened(RedisServer.running());
    var first = store(server.url());
    var second = store(server.url());
    Eventually.until("connected", () -> first.health().isOk() && second.health().isOk());
    first.update(batch("a", 10).sample("cpu_percent", 10).sample("only_first", 1).event());
    Eventually.until("the newer is there", () -> value(second, "a") == 10);
    second.update(batch("a", 5).sample("cpu_percent", 5).sample("memory_percent", 5).event());
    Eventually.until(
        "both are there", () -> second.machine("a").orElseThrow().samples().size() == 3);

    for (var reader : List.of(first, second)) {
      var state = reader.machine("a").orElseThrow();
      assertThat(state.lastSeen()).isEqualTo(BEGIN.plusSeconds(10));
      assertThat(state.samples())
          .extracting(Sample::metric, Sample::value)
          .containsExactlyInAnyOrder(
              tuple("cpu_percent", 10.0), tuple("only_first", 1.0), tuple("memory_percent", 5.0));
    }
  }

  @Test
  void removesWhatAProcessLeftThatIsGone() {
    var server = opened(RedisServer.running());
    var gone = store(server.url(), Duration.ofSeconds(1));
    gone.update(event("a", 0, 1));
    gone.update(event("dead", 0, 1));
    Eventually.until("it is there", () -> readable(gone) == 2);
    gone.close();
    var next = store(server.url(), Duration.ofSeconds(1));
    try (var connector = connector(server.url());
        var connection = connector.connect()) {
      var seconds = new AtomicInteger();
      Eventually.until(
          "what it wrote expired and is gone",
          () -> {
            next.update(event("a", seconds.incrementAndGet(), 2));
            return readable(next) == 2
                && next.machine("dead").orElseThrow().samples().isEmpty()
                && value(next, "a") == 2
                && connection.sync().hlen("sysmonstm:machine:{a}") == 4;
          });
      assertThat(connection.sync().hlen("sysmonstm:machine:{dead}")).isEqualTo(4);
    }
    assertThat(next.machines()).extracting(MachineState::machineId).containsExactly("a", "dead");
  }

  @Test
  @DisplayName("row 17: ids with ':', '*', braces or a newline touch no other key")
  void keepsHostileIdsApart() {
    var server = opened(RedisServer.running());
    var store = store(server.url());
    store.update(event("a", 0, 1));
    var hostile = List.of("a:b", "*", "a\n", "a}", "a}:{a", "machines", "");
    hostile.forEach(id -> store.update(event(id, 0, 2)));
    Eventually.until("all are there", () -> readable(store) == 1 + hostile.size());

    assertThat(value(store, "a")).isEqualTo(1);
    for (var id : hostile) {
      assertThat(value(store, id)).as(id).isEqualTo(2);
    }
    try (var connector = connector(server.url());
        var connection = connector.connect()) {
      assertThat(connection.sync().keys("*"))
          .hasSize(2 + hostile.size())
          .allMatch(
              key ->
                  key.matches(
                      "sysmonstm:machines|sysmonstm:machine:\\{(a|machines|#[0-9a-f]{64})}"));
    }
  }

  @Test
  void skipsWhatItCannotRead() {
    var server = opened(RedisServer.running());
    var store = store(server.url());
    store.update(event("a", 0, 1));
    Eventually.until("it is there", () -> readable(store) == 1);
    try (var connector = connector(server.url());
        var connection = connector.connect()) {
      connection
          .sync()
          .hset("sysmonstm:machine:{a}", "other.seen", "{\"last_seen\":7}".getBytes(UTF_8));
    }

    assertThat(value(store, "a")).isEqualTo(1);
    assertThat(count("current_states_unreadable_total")).isPositive();
  }

  @Test
  void saysThatThePasswordIsWrong() {
    var server = opened(RedisServer.running("--requirepass", "right"));
    var wrong = store(server.url().replace("redis://", "redis://:wrong@"));
    var none = store(server.url());
    var right = store(server.url().replace("redis://", "redis://:right@"));

    Eventually.until("works", () -> right.health().isOk());
    for (var store : List.of(wrong, none)) {
      Eventually.until(
          "refused",
          () ->
              store
                  .health()
                  .problem()
                  .filter("Redis refuses the user or password of redis.url"::equals)
                  .isPresent());
    }
  }

  @Test
  void needsNoMoreRightsThanTheDocumentationSays() {
    var server = opened(RedisServer.running());
    var user =
        RedisUser.documentedIn(Path.of("../docs/redis.md")).without("+publish", "+xadd", "+eval");
    server.execute(user.command());
    var store = store(user.login(server.url()));
    Eventually.until("works", () -> store.health().isOk());
    store.update(event("a", 0, 1));

    Eventually.until("it is there", () -> readable(store) == 1);
    assertThat(value(store, "a")).isEqualTo(1);
    store.forget("a");
    assertThat(store.machines()).isEmpty();
    assertThat(store.health().isOk()).isTrue();
    assertThat(count("redis_failures_total")).isZero();
  }

  private RedisCurrentStore store(String url) {
    return store(url, Duration.ofMinutes(1));
  }

  private RedisCurrentStore store(String url, Duration timeToLive) {
    return opened(
        RedisCurrentStore.builder(context, () -> connector(url)).timeToLive(timeToLive).build());
  }

  private static RedisConnector connector(String url) {
    return new RedisConnector(RedisURI.create(url), TlsFiles.none());
  }

  private <T extends AutoCloseable> T opened(T each) {
    opened.add(each);
    return each;
  }

  private static int readable(RedisCurrentStore store) {
    return store.health().isOk() ? store.machines().size() : -1;
  }

  private static double value(RedisCurrentStore store, String machine) {
    return store
        .machine(machine)
        .flatMap(
            state ->
                state.samples().stream()
                    .filter(sample -> sample.metric().equals("cpu_percent"))
                    .findAny())
        .map(Sample::value)
        .orElse(Double.NaN);
  }

  private MetricsEvent event(String machine, long second, double value) {
    return batch(machine, second).sample("cpu_percent", value).event();
  }

  private BatchBuilder batch(String machine, long second) {
    return new BatchBuilder(context.series(), machine, 1, BEGIN.plusSeconds(second));
  }

  private static Duration elapsed(long beginNanos) {
    return Duration.ofNanos(System.nanoTime() - beginNanos);
  }

  private double count(String name) {
    return context.metrics().collect().stream()
        .filter(reading -> reading.name().equals(name))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }
}
