package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What nobody is told, and what only those are who are in. */
class GatewaySecrecyTest {
  private final GatewayFixture fixture = new GatewayFixture(GatewayFixture::still);
  private Login admin = new Login(fixture);

  @BeforeEach
  void fill() {
    admin = Login.first(fixture, "ada");
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  @DisplayName("row 14: no secret is in the log, the audit, the metrics or an answer")
  void secretsAreNowhere() {
    try (var log = new LogCapture()) {
      var secret = "canary canary canary";
      fixture.send("POST", "/api/v1/login", Login.body("ada", secret));
      admin.send(
          "POST",
          "/api/v1/accounts",
          "{\"name\":\"bob\",\"role\":\"nothing\",\"password\":\"%s\"}".formatted(secret));
      admin.send("POST", "/api/v1/accounts", "{\"name\":\"b\",\"%s\":1}".formatted("password"));
      var token = admin.token("read")[1].split("_", -1)[2];
      var texts =
          String.join(
              "\n",
              log.all().toString(),
              fixture.fleet.access.audit().toString(),
              admin.get("/metrics").body(),
              admin.get("/api/v1/api-tokens").body(),
              admin.get("/api/v1/accounts").body(),
              admin.get("/api/v1/audit").body());

      assertThat(texts)
          .doesNotContain("canary", token, "$argon2id", admin.cookie().split("=", 2)[1]);
    }
  }

  @Test
  @DisplayName("row 23: who is not in hears how the gateway is, and no details")
  void detailsAreForThoseWhoAreIn() {
    assertThat(json(fixture.get("/ready"))).containsOnlyKeys("status");
    assertThat(json(fixture.get("/health"))).containsOnlyKeys("status");
    assertThat(json(admin.get("/ready"))).containsKeys("status", "checks");
  }
}
