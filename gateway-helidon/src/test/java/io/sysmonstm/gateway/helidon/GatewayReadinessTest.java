package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.Health;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayReadinessTest {
  private final CountDownLatch never = new CountDownLatch(1);
  private final GatewayFixture fixture = new GatewayFixture();

  @AfterEach
  void close() {
    never.countDown();
    fixture.close();
  }

  private void assertReady(int status, String text, Map<String, String> failing) {
    var response = fixture.get("/ready");
    var checks = new LinkedHashMap<String, @Nullable Object>();
    for (var part : new String[] {"gateway", "aggregator", "current_state", "history", "events"}) {
      checks.put(part, failing.getOrDefault(part, "ok"));
    }
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response)).isEqualTo(Map.of("status", text, "checks", checks));
  }

  @Test
  void healthDependsOnNothingOutside() {
    fixture.fleet.current.down = true;
    fixture.fleet.history.down = true;
    fixture.fleet.alerts.unavailable(true);
    fixture.aggregator = Health.failing("gone");

    var response = fixture.get("/health");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("{\"status\":\"up\"}");
  }

  @Test
  void neitherDependsOnWhoAsks() {
    var admin = Login.first(fixture, "ada");
    var session = new String[] {"Cookie", "sysmonstm-session=" + "ab".repeat(32)};
    var wrong = new String[] {"Authorization", "Bearer sma_0123456789abcdef_" + "0".repeat(64)};
    for (int i = 0; i < 100; i++) {
      assertThat(fixture.get("/health", wrong).statusCode()).isEqualTo(200);
    }
    for (var headers : new String[][] {session, wrong, {}}) {
      assertThat(json(fixture.get("/ready", headers))).isEqualTo(Map.of("status", "ready"));
    }
    assertThat(json(admin.get("/ready"))).containsKey("checks");

    fixture.fleet.access.unavailable(true);

    for (var headers : new String[][] {session, wrong, {}}) {
      assertThat(fixture.get("/health", headers).body()).isEqualTo("{\"status\":\"up\"}");
      assertThat(json(fixture.get("/ready", headers))).isEqualTo(Map.of("status", "ready"));
    }
  }

  @Test
  void isReadyWhenAllWorks() {
    assertReady(200, "ready", Map.of());
  }

  @Test
  void isDegradedWithoutHistory() {
    fixture.fleet.history.down = true;

    assertReady(200, "degraded", Map.of("history", "error: down for the test"));
  }

  @Test
  void isDegradedWithoutTheAggregator() {
    fixture.aggregator = Health.failing("connection refused");

    assertReady(200, "degraded", Map.of("aggregator", "error: connection refused"));
  }

  @Test
  void isDegradedWhileMemoryStandsInForTheStore() {
    fixture.publishCpu("a", 1, 1);
    fixture.fleet.current.down = true;

    assertReady(200, "degraded", Map.of("current_state", "error: down for the test"));
  }

  @Test
  void isNotReadyWithoutAnyState() {
    fixture.fleet.current.down = true;

    assertReady(503, "not_ready", Map.of("current_state", "error: down for the test"));
  }

  @Test
  void isNotReadyWhileDrainingAndServesOn() {
    fixture.gateway.drain();

    assertReady(503, "not_ready", Map.of("gateway", "error: stopping"));
    assertThat(fixture.get("/api/v1/machines").statusCode()).isEqualTo(200);
    assertThat(fixture.gateway.readiness().ready()).isFalse();
  }

  @Test
  void probesThatHangAreGivenUpTogetherAndNotAskedTwice() {
    var asked = new AtomicInteger();
    try (var slow =
        new GatewayFixture(
            builder ->
                builder.eventsHealth(
                    () -> {
                      asked.incrementAndGet();
                      return hang();
                    }))) {
      slow.fleet.history.hangs = never;
      var responses = new ArrayList<CompletableFuture<HttpResponse<String>>>();
      long start = System.nanoTime();
      for (int i = 0; i < 3; i++) {
        responses.add(CompletableFuture.supplyAsync(() -> slow.get("/ready"), slow.executor));
      }
      try {
        for (var response : responses) {
          assertThat(response.join().statusCode()).isEqualTo(200);
          assertThat(response.join().body())
              .contains("\"events\":\"error: no answer within 2 s\"")
              .contains("\"history\":\"error: no answer within 2 s\"");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        assertThat(asked).hasValue(1);
      } finally {
        never.countDown();
      }
    }
  }

  private Health hang() {
    try {
      never.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Health.ok();
  }

  @Test
  void isStartedOnceOnly() {
    assertThatThrownBy(fixture.gateway::start).isInstanceOf(RequestException.class);
  }

  @Test
  void anAddressInUseIsToldWithItsPort() {
    assertThatThrownBy(
            () ->
                new GatewayFixture(
                    builder ->
                        builder.listen(
                            InetSocketAddress.createUnresolved(
                                "127.0.0.1", fixture.address.getPort()))))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("port " + fixture.address.getPort());
  }

  @Test
  void aMissingPartIsNamed() {
    assertThatThrownBy(() -> Gateway.builder().build())
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("currentStore");
  }
}
