package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.GatewayFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.Account.Role;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of an account, and of what it made, when others change it at the same time. */
class GatewayAccountsTest {
  private static final String MACHINES = "/api/v1/machines";
  private static final String PASSWORD = "/api/v1/session/password";
  private static final String NEW_PASSWORD =
      "{\"current\":\"%s\",\"password\":\"another good one\"}".formatted(Login.PASSWORD);

  private final Fleet fleet = new Fleet();
  private final Hooked<AccessStore> store = new Hooked<>(AccessStore.class, fleet.access);
  private final GatewayFixture fixture =
      new GatewayFixture(builder -> GatewayFixture.still(builder).accessStore(store.part), fleet);
  private Login admin = new Login(fixture);

  @BeforeEach
  void fill() {
    admin = Login.first(fixture, "ada");
    admin.add("mallory", "admin");
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** Somebody else is faster, right after the gateway has read the account. */
  private void meanwhile(Runnable change) {
    store.afterNext("account", change);
  }

  private void demoted() {
    var before = fleet.access.account("mallory").orElseThrow();
    fleet.access.changeAccount(
        before,
        new Account(
            "mallory", Role.VIEWER, before.passwordHash(), before.subject(), before.createdAt()),
        fleet.entry("account_changed", "mallory"));
  }

  private void deleted() {
    fleet.access.deleteAccount("mallory", fleet.entry("account_deleted", "mallory"));
  }

  @Test
  @DisplayName("row 8: an account that is deleted while it gets a new password stays deleted")
  void whoIsDeletedStaysDeleted() {
    var mallory = Login.of(fixture, "mallory");
    assertThat(mallory.get(MACHINES).statusCode()).isEqualTo(200);
    meanwhile(this::deleted);

    assertProblem(mallory.send("PUT", PASSWORD, NEW_PASSWORD), 409, "FAILED_PRECONDITION");

    assertThat(fleet.access.account("mallory")).isEmpty();
    assertThat(fleet.access.audit())
        .extracting(AuditEntry::action)
        .doesNotContain("password_changed");
  }

  @Test
  @DisplayName("row 8: an admin who becomes a viewer while changing the password stays a viewer")
  void whoIsDemotedStaysDemoted() {
    var mallory = Login.of(fixture, "mallory");
    assertThat(mallory.get(MACHINES).statusCode()).isEqualTo(200);
    meanwhile(this::demoted);

    assertProblem(mallory.send("PUT", PASSWORD, NEW_PASSWORD), 409, "FAILED_PRECONDITION");

    assertThat(fleet.access.account("mallory").map(Account::role)).contains(Role.VIEWER);
    assertThat(Login.of(fixture, "mallory").send("POST", "/api/v1/accounts", "{}").statusCode())
        .as("by the old password, and without the old rights")
        .isEqualTo(403);
  }

  @Test
  @DisplayName("row 8: a password that is changed in this moment begins no session")
  void anOldPasswordBeginsNoSession() {
    meanwhile(
        () -> {
          var before = fleet.access.account("mallory").orElseThrow();
          fleet.access.changeAccount(
              before,
              new Account(
                  "mallory",
                  Role.ADMIN,
                  Optional.of(WeakHash.of("another good one")),
                  before.subject(),
                  before.createdAt()),
              fleet.entry("account_changed", "mallory"));
        });

    assertProblem(
        fixture.send("POST", "/api/v1/login", Login.body("mallory", Login.PASSWORD)),
        409,
        "FAILED_PRECONDITION");
  }

  @Test
  void aHashThatIsMadeAnewGivesNoRoleBack() {
    fleet.access.deleteAccount("mallory", fleet.entry("account_deleted", "mallory"));
    fleet.access.addAccount(
        new Account(
            "mallory",
            Role.ADMIN,
            Optional.of(WeakHash.of(Login.PASSWORD)),
            Optional.empty(),
            fixture.time.instant()),
        fleet.entry("account_added", "mallory"));
    meanwhile(this::demoted);

    assertProblem(
        fixture.send("POST", "/api/v1/login", Login.body("mallory", Login.PASSWORD)),
        409,
        "FAILED_PRECONDITION");
    assertThat(fleet.access.account("mallory").map(Account::role)).contains(Role.VIEWER);
  }

  @Test
  void ofTwoAdminsWhoChangeAnAccountTheSecondHearsOfTheFirst() {
    meanwhile(this::deleted);
    // The first read is that of the session of the admin, who is known already.
    assertProblem(
        admin.send("PUT", "/api/v1/accounts/mallory", "{\"role\":\"viewer\"}"),
        409,
        "FAILED_PRECONDITION");
    assertThat(fleet.access.account("mallory")).isEmpty();
  }

  @Test
  void anAccountIsAddedOnce() {
    var refused =
        admin.send(
            "POST",
            "/api/v1/accounts",
            "{\"name\":\"mallory\",\"role\":\"viewer\",\"password\":\"%s\"}"
                .formatted(Login.PASSWORD));

    assertProblem(refused, 409, "FAILED_PRECONDITION");
    assertThat(refused.body()).contains("there is an account 'mallory' already");
    assertThat(fleet.access.account("mallory").map(Account::role)).contains(Role.ADMIN);
  }

  @Test
  @DisplayName("row 8: the tokens of an account end with it, also those that its tokens made")
  void tokensEndWithTheirAccount() {
    var mallory = Login.of(fixture, "mallory");
    var own = mallory.token("admin");
    var made =
        fixture.send(
            "POST", "/api/v1/api-tokens", "{\"name\":\"deeper\",\"scopes\":[\"admin\"]}", own);
    assertThat(json(made)).containsEntry("created_by", "mallory");
    var deeper = new String[] {"Authorization", "Bearer " + json(made).get("token")};
    var others = admin.token("read");
    assertThat(fixture.get(MACHINES, deeper).statusCode()).isEqualTo(200);

    assertThat(admin.send("DELETE", "/api/v1/accounts/mallory", "").statusCode()).isEqualTo(204);

    assertProblem(fixture.get(MACHINES, own), 401, "UNAUTHENTICATED");
    assertProblem(fixture.get(MACHINES, deeper), 401, "UNAUTHENTICATED");
    assertThat(fixture.get(MACHINES, others).statusCode()).isEqualTo(200);
    assertThat(fleet.access.audit())
        .filteredOn(entry -> entry.action().equals("api_token_revoked"))
        .hasSize(2)
        .allMatch(entry -> entry.by().equals("ada") && entry.source().equals("127.0.0.1"))
        .allMatch(entry -> entry.detail().equals("made by mallory"));
  }

  @Test
  @DisplayName("row 8: of who becomes a viewer, tokens end that may do more than read")
  void tokensEndWithTheRole() {
    var mallory = Login.of(fixture, "mallory");
    var reading = mallory.token("read");
    var enrolling = mallory.token("enrol");

    admin.send("PUT", "/api/v1/accounts/mallory", "{\"role\":\"viewer\"}");

    assertThat(fixture.get(MACHINES, reading).statusCode()).isEqualTo(200);
    assertProblem(
        fixture.send("POST", "/api/v1/enrolment-tokens", "", enrolling), 401, "UNAUTHENTICATED");
  }

  @Test
  void whoIsNoAdminAnyMoreMakesNoTokenThoughThisGatewayHasNotHeardOfIt() {
    var mallory = Login.of(fixture, "mallory");
    assertThat(mallory.get("/api/v1/accounts").statusCode()).isEqualTo(200);
    deleted();

    assertProblem(
        mallory.send("POST", "/api/v1/api-tokens", "{\"name\":\"x\",\"scopes\":[\"admin\"]}"),
        409,
        "FAILED_PRECONDITION");
    assertThat(fleet.access.apiTokens()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"token:grafana", "operator", "(unknown)", "machine web-1", " ada"})
  @DisplayName("row 21: an account cannot have a name that stands for somebody else in the audit")
  void namesThatPassForOthersAreRefused(String name) {
    var body =
        "{\"name\":\"%s\",\"role\":\"viewer\",\"password\":\"%s\"}".formatted(name, Login.PASSWORD);
    var refused = admin.send("POST", "/api/v1/accounts", body);

    assertProblem(refused, 400, "INVALID_ARGUMENT");
    assertThat(refused.body()).contains("expected");
    assertThat(fleet.access.accounts()).hasSize(2);
    try (var fresh = new GatewayFixture(GatewayFixture::still)) {
      assertProblem(
          fresh.send("POST", "/api/v1/setup", Login.body(name, Login.PASSWORD)),
          400,
          "INVALID_ARGUMENT");
    }
  }
}
