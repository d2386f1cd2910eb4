package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.AuditLimit;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How often somebody may be wrong, and that others pay nothing for it. */
class GatewayLimitsTest {
  private static final String MACHINES = "/api/v1/machines";
  private static final String SESSION = "/api/v1/session";

  private final Fleet fleet = new Fleet();
  private final Hooked<AccessStore> store = new Hooked<>(AccessStore.class, fleet.access);
  private final GatewayFixture fixture =
      new GatewayFixture(
          builder ->
              GatewayFixture.still(builder)
                  .accessStore(store.part)
                  .trustedProxies(List.of("127.0.0.0/8")),
          fleet);
  private Login admin = new Login(fixture);

  @BeforeEach
  void fill() {
    try (var log = new LogCapture()) {
      admin = Login.first(fixture, "ada", log);
    }
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private HttpResponse<String> login(String name, String password, String... headers) {
    return fixture.send("POST", "/api/v1/login", Login.body(name, password), headers);
  }

  private static String[] from(String address) {
    return new String[] {"X-Forwarded-For", address};
  }

  private static String[] dead(int number) {
    return new String[] {"Cookie", "sysmonstm-session=%064x".formatted(number)};
  }

  private static String[] token(int number) {
    return new String[] {"Authorization", "Bearer sma_%016x_%s".formatted(number, "0".repeat(64))};
  }

  private void spendTheAddress() {
    IntStream.range(0, 60).forEach(i -> fixture.get(MACHINES, token(i)));
    assertProblem(fixture.get(MACHINES, token(60)), 429, "RESOURCE_EXHAUSTED");
  }

  @Test
  @DisplayName("row 8: five wrong passwords a minute for an address and account, then 429")
  void wrongPasswordsAreLimited() {
    admin.add("bob", "viewer");
    for (int i = 0; i < 5; i++) {
      assertProblem(login("ada", "not the password " + i), 401, "UNAUTHENTICATED");
    }

    var refused = login("ada", Login.PASSWORD);
    assertProblem(refused, 429, "RESOURCE_EXHAUSTED");
    assertThat(refused.headers().firstValue("Retry-After")).contains("60");
    assertThat(login("bob", Login.PASSWORD).statusCode()).isEqualTo(200);

    fixture.time.advance(Duration.ofMinutes(1));
    assertThat(login("ada", Login.PASSWORD).statusCode()).isEqualTo(200);
  }

  @Test
  @DisplayName("row 13: what a client says of its address does not get around the limit")
  void aSpoofedAddressIsOfNoUse() {
    try (var direct = new GatewayFixture(GatewayFixture::still)) {
      Login.first(direct, "ada");
      for (int i = 0; i < 5; i++) {
        direct.send("POST", "/api/v1/login", Login.body("ada", "wrong"), from("10.0.0." + i));
      }

      assertThat(
              direct
                  .send(
                      "POST", "/api/v1/login", Login.body("ada", Login.PASSWORD), from("10.0.0.9"))
                  .statusCode())
          .isEqualTo(429);
    }
  }

  @Test
  @DisplayName("row 13: what a configured proxy says of an address counts")
  void aTrustedProxyIsBelieved() {
    for (int i = 0; i < 5; i++) {
      login("ada", "x", from("10.0.0.1"));
    }
    assertThat(login("ada", Login.PASSWORD, from("10.0.0.1")).statusCode()).isEqualTo(429);
    var other =
        login("ada", Login.PASSWORD, "X-Forwarded-For", "10.0.0.2", "X-Forwarded-Proto", "https");
    assertThat(other.statusCode()).isEqualTo(200);
    assertThat(Login.setCookie(other)).startsWith("__Host-").endsWith("; Secure");
    assertThat(fleet.access.audit().getFirst().source()).isEqualTo("10.0.0.2");
  }

  @Test
  @DisplayName("row 13: an IPv6 network of 64 bits is one address, and the audit has the whole")
  void anIpv6NetworkIsOneAddress() {
    for (int i = 1; i <= 5; i++) {
      assertProblem(login("ada", "wrong", from("2001:db8:0:1:a::" + i)), 401, "UNAUTHENTICATED");
    }

    assertThat(login("ada", Login.PASSWORD, from("2001:db8:0:1:b::1")).statusCode()).isEqualTo(429);
    assertThat(fleet.access.audit().getFirst().source()).isEqualTo("2001:db8:0:1:a:0:0:5");
    assertThat(login("ada", Login.PASSWORD, from("2001:db8:0:2::1")).statusCode()).isEqualTo(200);
  }

  @Test
  @DisplayName("row 13: expensive calls are limited for the IPv6 network too")
  void expensiveCallsOfAnIpv6NetworkAreLimited() {
    var path = "/api/v1/history?machine=a&metric=cpu_percent&from=-1h&to=now";
    int answered = 0;
    HttpResponse<String> last = fixture.get(path, of(0));
    while (last.statusCode() == 200 && answered < 250) {
      last = fixture.get(path, of(++answered));
    }

    assertProblem(last, 429, "RESOURCE_EXHAUSTED");
  }

  private String[] of(int number) {
    return new String[] {
      "Cookie", admin.cookie(), "X-Forwarded-For", "2001:db8::%x".formatted(number + 1)
    };
  }

  @Test
  @DisplayName("row 13: a flood of failures writes a bounded audit")
  void floodsOfFailuresAreBounded() {
    for (int i = 0; i < 40; i++) {
      login("name" + i, "wrong");
    }
    assertThat(fleet.access.audit().stream().filter(entry -> entry.action().equals("login_failed")))
        .hasSizeLessThanOrEqualTo(Math.min(30, AuditLimit.PER_HOUR));
  }

  @Test
  @DisplayName("row 13: who sends credentials that are none harms nobody else at the address")
  void whoIsInStaysInThoughTheAddressIsSpent() {
    var program = admin.token("read");
    assertThat(fixture.get(MACHINES, program).statusCode()).isEqualTo(200);
    assertThat(admin.get(MACHINES).statusCode()).isEqualTo(200);
    spendTheAddress();
    fixture.time.advance(Duration.ofSeconds(6));
    spendTheRest();

    assertThat(admin.get(MACHINES).statusCode()).isEqualTo(200);
    assertThat(fixture.get(MACHINES, program).statusCode()).isEqualTo(200);
    assertThat(fixture.get(SESSION, dead(1)).statusCode()).as("what is for all").isEqualTo(200);
    assertThat(login("ada", Login.PASSWORD, dead(2)).statusCode()).isEqualTo(200);
    assertThat(Login.of(fixture, "ada").get(MACHINES).statusCode()).as("anew").isEqualTo(200);
  }

  private void spendTheRest() {
    IntStream.range(100, 106).forEach(i -> fixture.get(MACHINES, token(i)));
    assertProblem(fixture.get(MACHINES, token(106)), 429, "RESOURCE_EXHAUSTED");
  }

  @Test
  @DisplayName("row 13: pages that send a dead cookie again and again do not spend the address")
  void deadCookiesAreRemembered() {
    for (int round = 0; round < 60; round++) {
      for (int display = 0; display < 5; display++) {
        assertProblem(fixture.get(MACHINES, dead(display)), 401, "UNAUTHENTICATED");
      }
      fixture.time.advance(Duration.ofSeconds(5));
    }

    assertThat(store.calls("session")).isLessThanOrEqualTo(5 * 60 * 5 / 30 + 5);
    assertProblem(fixture.get(MACHINES, dead(9)), 401, "UNAUTHENTICATED");
    assertThat(Login.of(fixture, "ada").get(MACHINES).statusCode()).isEqualTo(200);
  }

  @Test
  @DisplayName("row 10: a dead cookie is taken from the browser")
  void aDeadCookieIsTakenAway() {
    var other = Login.of(fixture, "ada");
    assertThat(other.get(SESSION).headers().firstValue("Set-Cookie")).isEmpty();
    admin.send("POST", "/api/v1/logout?everywhere=true", "");

    assertThat(Login.setCookie(other.get(SESSION)))
        .startsWith("sysmonstm-session=; ")
        .contains("Max-Age=0");
    assertThat(fixture.get(SESSION).headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void aCookieStaysWhileNobodyKnowsWhetherItIsDead() {
    fleet.access.unavailable(true);
    var answer = fixture.get(SESSION, dead(1));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();

    fleet.access.unavailable(false);
    assertThat(Login.setCookie(fixture.get(SESSION, dead(1)))).contains("Max-Age=0");
  }

  @Test
  void whoIsInStaysInWhileTheStoreHasTooMuchToDo() {
    assertThat(admin.get(MACHINES).statusCode()).isEqualTo(200);
    fixture.time.advance(Duration.ofSeconds(6));
    store.before(
        "session",
        () -> {
          throw new RequestException(ErrorCode.RESOURCE_EXHAUSTED, "too much for the test");
        });

    assertThat(admin.get(MACHINES).statusCode()).isEqualTo(200);
    assertProblem(fixture.get(MACHINES, dead(1)), 429, "RESOURCE_EXHAUSTED");
  }
}
