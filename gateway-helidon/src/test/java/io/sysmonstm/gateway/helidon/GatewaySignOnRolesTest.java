package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static io.sysmonstm.gateway.helidon.SignOnRig.assertRefused;
import static io.sysmonstm.gateway.helidon.SignOnRig.location;
import static io.sysmonstm.gateway.helidon.SignOnRig.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.Account.Role;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which role somebody has who logs in at an OpenID provider, and what follows from another one. */
class GatewaySignOnRolesTest extends SignOnFixture {
  @Test
  @DisplayName("row 8: the role is set anew at each login, and another one ends older sessions")
  void theRoleIsSetAnew() {
    rig.localAdmin();
    rig.person("1", "bob", "staff");
    var viewer = session(rig.logIn());

    rig.person("1", "bob", "staff", "ops");
    var admin = session(rig.logIn());
    assertThat(account("bob").role()).isEqualTo(Role.ADMIN);
    assertProblem(rig.gateway.get(MACHINES, viewer), 401, "UNAUTHENTICATED");
    assertThat(rig.gateway.get("/api/v1/accounts", admin).statusCode()).isEqualTo(200);

    rig.person("1", "bob", "staff");
    var viewerAgain = session(rig.logIn());
    assertProblem(rig.gateway.get("/api/v1/accounts", admin), 401, "UNAUTHENTICATED");
    assertProblem(rig.gateway.get("/api/v1/accounts", viewerAgain), 403, "PERMISSION_DENIED");
    assertThat(rig.gateway.fleet.access.audit())
        .extracting(entry -> entry.action() + " " + entry.detail())
        .contains("account_changed viewer to admin, by oidc")
        .contains("account_changed admin to viewer, by oidc");
  }

  @Test
  @DisplayName("row 8: who has lost the role does not come in, and is put out")
  void whoHasLostTheRoleIsPutOut() {
    rig.localAdmin();
    rig.person("1", "bob", "staff");
    var before = session(rig.logIn());

    rig.person("1", "bob", "others");

    assertRefused("no-role", rig.logIn());
    assertProblem(rig.gateway.get(MACHINES, before), 401, "UNAUTHENTICATED");
    assertThat(rig.lastAudit())
        .extracting(AuditEntry::action, AuditEntry::subject)
        .containsExactly("login_failed", "bob");
  }

  @Test
  @DisplayName("row 8: whose role is gone has no tokens any more either")
  void whoHasLostTheRoleHasNoTokens() {
    rig.localAdmin();
    rig.person("1", "bob", "ops");
    var token = rig.browser().token("admin");
    assertThat(rig.gateway.get("/api/v1/accounts", token).statusCode()).isEqualTo(200);

    rig.person("1", "bob", "others");

    assertRefused("no-role", rig.logIn());
    assertProblem(rig.gateway.get("/api/v1/accounts", token), 401, "UNAUTHENTICATED");
    assertThat(rig.fleet.access.audit())
        .extracting(AuditEntry::action)
        .contains("api_token_revoked");
  }

  @Test
  @DisplayName("row 8: another change in the same moment is no reason to refuse anybody")
  void aChangeInTheSameMomentIsLookedAt() {
    rig.localAdmin();
    rig.person("1", "bob", "staff");
    rig.logIn();
    rig.person("1", "bob", "ops");

    // Another admin gives the role that the provider gives.
    meanwhile(bob -> new Account(bob.name(), Role.ADMIN, hash(), bob.subject(), bob.createdAt()));
    assertThat(location(rig.logIn())).doesNotContain("login=");
    assertThat(account("bob").role()).isEqualTo(Role.ADMIN);

    // Another one changes something else.
    rig.person("1", "bob", "staff");
    meanwhile(
        bob ->
            new Account(bob.name(), bob.role(), Optional.empty(), bob.subject(), bob.createdAt()));
    assertThat(location(rig.logIn())).doesNotContain("login=");
    assertThat(account("bob").role()).isEqualTo(Role.VIEWER);
    assertThat(account("bob").passwordHash()).isEmpty();
  }

  private static Optional<String> hash() {
    return Optional.of("a hash");
  }

  /** Changes an account as another admin does, before the next change of one. */
  private void meanwhile(UnaryOperator<Account> change) {
    var due = new AtomicBoolean(true);
    rig.store.before(
        "changeAccount",
        () -> {
          if (due.getAndSet(false)) {
            var bob = account("bob");
            rig.fleet.access.changeAccount(bob, change.apply(bob), rig.fleet.entry("x", "bob"));
          }
        });
  }

  @Test
  void whoNeverHadARoleGetsNoAccount() {
    rig.person("1", "eve", "others");

    assertRefused("no-role", rig.logIn());
    assertThat(rig.gateway.fleet.access.accounts()).isEmpty();
  }

  @Test
  @DisplayName("row 8: the last admin who is none any more does not come in as one")
  void theLastAdminIsPutOut() {
    rig.person("1", "ada", "ops");
    var before = session(rig.logIn());

    rig.person("1", "ada", "staff");

    assertRefused("no-admin", rig.logIn());
    assertProblem(rig.gateway.get(MACHINES, before), 401, "UNAUTHENTICATED");
  }
}
