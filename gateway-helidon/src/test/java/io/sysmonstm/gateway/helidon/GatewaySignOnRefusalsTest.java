package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.SignOnRig.assertRefused;
import static io.sysmonstm.gateway.helidon.SignOnRig.location;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.testkit.OpenIdServer;
import io.sysmonstm.testkit.OpenIdServer.Fault;
import io.sysmonstm.testkit.OpenIdServer.Signing;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who does not come in from an OpenID provider, and what that costs the others. */
class GatewaySignOnRefusalsTest extends SignOnFixture {
  @Test
  @DisplayName("row 8: whoever says no at the provider is not in, and what it says is not shown")
  void whoSaysNoIsNotIn() {
    var begun = rig.gateway.get(SignOnRig.BEGIN);
    var back = rig.provider.deny(URI.create(location(begun)));

    var answer =
        rig.gateway.get(
            back.getRawPath() + "?" + back.getRawQuery(),
            "Cookie",
            SignOnRig.cookie(begun, SignOnRig.COOKIE));

    assertRefused("denied", answer);
    assertThat(rig.lastAudit().detail())
        .startsWith("oidc, denied: ")
        .contains("<b>the person</b>")
        .hasSizeLessThanOrEqualTo(AuditEntry.MAX_TEXT_LENGTH);
  }

  @Test
  @DisplayName("row 8: tokens that are not good let nobody in")
  void aBadTokenLetsNobodyIn() {
    rig.person("1", "ada", "ops");
    for (var signing : List.of(Signing.NONE, Signing.HS256_BY_SECRET, Signing.FOREIGN_KEY)) {
      rig.provider.signing(signing);
      assertRefused("refused", rig.logIn());
    }
    assertThat(rig.gateway.fleet.access.accounts()).isEmpty();
  }

  @Test
  @DisplayName("row 8: a provider that is away holds up its own logins and nothing else")
  void aProviderThatIsAway() {
    var admin = rig.localAdmin();
    rig.person("1", "ada", "ops");
    var vouched = rig.vouched();
    rig.provider.fail(OpenIdServer.TOKEN, Fault.DOWN);
    assertRefused("unavailable", rig.complete(vouched));

    rig.provider.close();

    assertRefused("unavailable", rig.gateway.get(SignOnRig.BEGIN));
    assertThat(rig.gateway.get("/health").statusCode()).isEqualTo(200);
    assertThat(admin.get(MACHINES).statusCode()).isEqualTo(200);
    assertThat(Login.of(rig.gateway, "root").get(MACHINES).statusCode()).isEqualTo(200);
  }

  @Test
  void whatNobodyExpectedIsOneOfTheRefusalsToo() {
    rig.person("1", "ada", "ops");
    rig.store.before(
        "accountOf",
        () -> {
          throw new IllegalStateException("for the test");
        });

    try (var log = new LogCapture()) {
      assertRefused("failed", rig.logIn());
      assertThat(log.of("sign_on_failed")).hasSize(1);
    }
    assertThat(rig.lastAudit().detail()).doesNotContain("for the test");
  }

  @Test
  void aRefusalThatCannotBeWrittenDownIsOneAllTheSame() {
    rig.person("1", "eve", "others");
    rig.store.before(
        "record",
        () -> {
          throw new RequestException(ErrorCode.RESOURCE_EXHAUSTED, "too much for the test");
        });

    assertRefused("no-role", rig.logIn());
  }

  @Test
  void whileTheStoreIsAwayNobodyNewComesIn() {
    rig.person("1", "ada", "ops");
    var vouched = rig.vouched();
    rig.gateway.fleet.access.unavailable(true);

    assertRefused("unavailable", rig.complete(vouched));
  }

  @Test
  @DisplayName(
      "row 13: logins at the provider are limited for each address, and those that succeed are free")
  void triesAreLimited() {
    rig.person("1", "ada", "ops");
    for (int i = 0; i < 70; i++) {
      assertThat(location(rig.logIn())).as("login %d", i).doesNotContain("login=");
    }
    for (int i = 0; i < 60; i++) {
      assertRefused("expired", rig.gateway.get(SignOnRig.CALLBACK));
    }

    assertRefused("too-many", rig.gateway.get(SignOnRig.CALLBACK));
    assertRefused("too-many", rig.gateway.get(SignOnRig.BEGIN));
    rig.gateway.time.advance(Duration.ofSeconds(2));
    assertThat(location(rig.logIn())).doesNotContain("login=");
  }
}
