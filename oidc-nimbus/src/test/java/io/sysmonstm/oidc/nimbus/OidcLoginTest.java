package io.sysmonstm.oidc.nimbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.testkit.OpenIdServer;
import io.sysmonstm.testkit.OpenIdServer.Signing;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/** Logging in at a real provider over real sockets, as it should be and as an attacker would. */
class OidcLoginTest {
  private final OidcRig rig = new OidcRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private static void assertRefused(ErrorCode code, String why, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RequestException.class,
            refused -> {
              assertThat(refused.code()).as(refused.getMessage()).isEqualTo(code);
              assertThat(refused.getMessage()).contains(why);
            });
  }

  @Test
  @DisplayName("row 8: an address that the provider did not verify is nobody's name")
  void anAddressThatIsNotVerifiedIsNoName() {
    rig.server.person("4711", Map.of("email", "root@example.org", "groups", List.of("ops")));

    assertThat(rig.logIn().names()).containsExactly("4711");
  }

  @Test
  @DisplayName("row 8: who is in the right group comes in, by code and PKCE")
  void letsPeopleIn() {
    rig.server.person(
        "4711",
        Map.of(
            "preferred_username",
            "ada",
            "email",
            "ada@example.org",
            "email_verified",
            true,
            "groups",
            List.of("x", "ops")));

    var start = rig.begin();
    var person = rig.complete(start, rig.server.logIn(start.address()));

    assertThat(start.address().toString()).startsWith(rig.server.issuer() + "/authorize?");
    assertThat(OidcRig.parameters(start.address()))
        .containsEntry("response_type", List.of("code"))
        .containsEntry("client_id", List.of(OpenIdServer.CLIENT_ID))
        .containsEntry("redirect_uri", List.of(OidcRig.CALLBACK.toString()))
        .containsEntry("scope", List.of("openid profile email"))
        .containsEntry("code_challenge_method", List.of("S256"));
    assertThat(person.subject()).isEqualTo(rig.server.issuer() + " 4711");
    assertThat(person.names()).containsExactly("ada", "ada@example.org", "4711");
    assertThat(person.role()).contains(Role.ADMIN);
    assertThat(start.toString()).doesNotContain(start.kept());
  }

  @Test
  void noTwoLoginsAreAlike() {
    assertThat(Stream.generate(() -> rig.begin().kept()).limit(20)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({"staff, VIEWER", "ops, ADMIN", "others, ", "OPS, ", "'', "})
  void theGroupDecidesOnTheRole(String group, Role role) {
    rig.server.person("1", Map.of("groups", List.of(group)));

    assertThat(rig.logIn().role()).isEqualTo(Optional.ofNullable(role));
  }

  @Test
  void whoHasNoSuchClaimHasNoRole() {
    assertThat(rig.logIn().role()).isEmpty();
  }

  @Test
  @DisplayName("row 8: an answer to another browser's question is refused")
  void anotherStateIsRefused() {
    var start = rig.begin();
    var other = rig.begin();
    var target = rig.server.logIn(start.address());

    assertRefused(ErrorCode.UNAUTHENTICATED, "state", () -> rig.complete(other, target));
    var twice = OidcRig.parameters(target);
    twice.put("state", List.of(twice.get("state").getFirst(), "x"));
    assertRefused(
        ErrorCode.UNAUTHENTICATED, "expected one", () -> rig.complete(start.kept(), twice));
    for (var kept : List.of("", "x", "a.b.c", "x".repeat(5_000), start.kept() + "x")) {
      assertRefused(
          ErrorCode.UNAUTHENTICATED,
          "did not begin",
          () -> rig.complete(kept, OidcRig.parameters(target)));
    }
    assertRefused(ErrorCode.UNAUTHENTICATED, "state", () -> rig.complete(start.kept(), Map.of()));
    assertThat(rig.server.asked(OpenIdServer.TOKEN)).as("no code was redeemed").isZero();
  }

  @Test
  @DisplayName("row 8: a code is good once")
  void aCodeIsGoodOnce() {
    var start = rig.begin();
    var target = rig.server.logIn(start.address());
    rig.complete(start, target);

    assertRefused(ErrorCode.UNAUTHENTICATED, "invalid_grant", () -> rig.complete(start, target));
  }

  @Test
  @DisplayName("row 8: a code that was stolen is of no use without the verifier")
  void theVerifierCounts() {
    var start = rig.begin();
    var target = rig.server.logIn(start.address());
    var stolen =
        start.kept().substring(0, start.kept().lastIndexOf('.') + 1)
            + rig.begin().kept().substring(start.kept().lastIndexOf('.') + 1);

    assertRefused(
        ErrorCode.UNAUTHENTICATED,
        "invalid_grant",
        () -> rig.complete(stolen, OidcRig.parameters(target)));
  }

  static Stream<Arguments> badClaims() {
    long now = Instant.now().getEpochSecond();
    return Stream.of(
        Arguments.of("nonce", "another"),
        Arguments.of("nonce", ""),
        Arguments.of("aud", "somebody-else"),
        Arguments.of("aud", List.of()),
        Arguments.of("azp", "somebody-else"),
        Arguments.of("iss", "https://evil.example"),
        Arguments.of("exp", now - 120),
        Arguments.of("iat", now + 3_600),
        Arguments.of("sub", ""));
  }

  @ParameterizedTest
  @MethodSource("badClaims")
  @DisplayName("row 8: a token for somebody else, of somebody else, or of another time, is refused")
  void aTokenThatIsNotForUsIsRefused(String claim, Object value) {
    rig.server.claims(
        claims -> {
          claims.put(claim, value);
          return claims;
        });

    assertRefused(ErrorCode.UNAUTHENTICATED, "", rig::logIn);
  }

  @ParameterizedTest
  @MethodSource("neededClaims")
  void aTokenThatLacksAClaimIsRefused(String claim) {
    rig.server.claims(
        claims -> {
          claims.remove(claim);
          return claims;
        });

    assertRefused(ErrorCode.UNAUTHENTICATED, "", rig::logIn);
  }

  static Stream<String> neededClaims() {
    return Stream.of("nonce", "aud", "iss", "exp", "iat", "sub");
  }

  @Test
  void aClockThatIsSomewhatOffIsBorneWith() {
    rig.server.claims(
        claims -> {
          claims.put("exp", Instant.now().getEpochSecond() - 20);
          claims.put("iat", Instant.now().getEpochSecond() + 20);
          return claims;
        });

    assertThat(rig.logIn().subject()).endsWith(" 1");
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "RS256")
  @DisplayName("row 8: a token that is signed by nobody, a shared secret or another key is refused")
  void anotherSignatureIsRefused(Signing signing) {
    rig.server.signing(signing);

    assertRefused(ErrorCode.UNAUTHENTICATED, "token is not good", rig::logIn);
  }

  @Test
  @DisplayName("row 8: a new key of the provider is taken up at once, and the old one dropped")
  void aNewKeyIsTakenUp() {
    rig.logIn();
    rig.server.rotateKey();

    assertThat(rig.logIn().subject()).endsWith(" 1");
    assertThat(rig.server.asked(OpenIdServer.KEYS)).isEqualTo(2);
  }

  @Test
  @DisplayName("row 8: whoever does not want to is not in")
  void whoDoesNotWantToIsNotIn() {
    var start = rig.begin();
    var target = rig.server.deny(start.address());

    assertRefused(ErrorCode.PERMISSION_DENIED, "access_denied", () -> rig.complete(start, target));
    assertRefused(ErrorCode.UNAUTHENTICATED, "state", () -> rig.complete(rig.begin(), target));
  }

  @ParameterizedTest
  @CsvSource({
    "server_error, UNAVAILABLE",
    "temporarily_unavailable, UNAVAILABLE",
    "invalid_scope, UNAUTHENTICATED",
    "<script>alert(1)</script>, UNAUTHENTICATED"
  })
  void otherErrorsOfTheProvider(String error, ErrorCode code) {
    var start = rig.begin();
    var parameters = OidcRig.parameters(rig.server.deny(start.address()));
    parameters.put("error", List.of(error));

    assertRefused(code, error, () -> rig.complete(start.kept(), parameters));
  }

  @Test
  @DisplayName("row 8: an answer that says it is of another provider is refused")
  void theIssuerOfTheAnswerCounts() {
    var start = rig.begin();
    var parameters = OidcRig.parameters(rig.server.logIn(start.address()));
    var without = new HashMap<>(parameters);
    without.remove("iss");
    parameters.put("iss", List.of("https://evil.example"));

    assertRefused(ErrorCode.UNAUTHENTICATED, "evil", () -> rig.complete(start.kept(), parameters));
    assertRefused(ErrorCode.UNAUTHENTICATED, "issuer", () -> rig.complete(start.kept(), without));
    assertThat(rig.server.asked(OpenIdServer.TOKEN)).isZero();
  }

  @Test
  void aProviderThatDoesNotAnnounceTheIssuerNeedNotSendIt() {
    rig.server.metadata(Map.of("authorization_response_iss_parameter_supported", false));
    var start = rig.begin();
    var parameters = OidcRig.parameters(rig.server.logIn(start.address()));
    parameters.remove("iss");

    assertThat(rig.complete(start.kept(), parameters).subject()).endsWith(" 1");
  }

  @Test
  void anAnswerWithoutACodeIsRefused() {
    var start = rig.begin();
    var parameters = OidcRig.parameters(rig.server.logIn(start.address()));
    for (var code : List.of(List.<String>of(), List.of(""), List.of("made up"))) {
      parameters.put("code", code);
      assertRefused(ErrorCode.UNAUTHENTICATED, "", () -> rig.complete(start.kept(), parameters));
    }
  }

  @Test
  void whatTheTokenLacksIsAskedFor() {
    rig.server.person("1", Map.of("groups", List.of("ops")));
    rig.server.claims(without("groups"));
    rig.server.userInfo(Map.of("preferred_username", "ada"));

    var person = rig.logIn();

    assertThat(person.role()).contains(Role.ADMIN);
    assertThat(person.names()).containsExactly("ada", "1");
  }

  @Test
  void whatIsAskedForDoesNotReplaceWhatIsSigned() {
    rig.server.person("1", Map.of("groups", List.of("staff")));
    rig.server.userInfo(Map.of("groups", List.of("ops")));

    assertThat(rig.logIn().role()).contains(Role.VIEWER);
  }

  @Test
  void whatIsToldOfAnotherPersonIsRefused() {
    rig.server.userInfo(Map.of("sub", "2", "groups", List.of("ops")));

    assertRefused(ErrorCode.UNAUTHENTICATED, "another person", rig::logIn);
  }

  private static UnaryOperator<Map<String, Object>> without(String claim) {
    return claims -> {
      claims.remove(claim);
      return claims;
    };
  }

  @Test
  void comesBackToWhereConfigurationSays() {
    var target = "https://monitor.example.org/some/where" + OidcConfig.CALLBACK;
    try (var elsewhere = new OidcRig("redirect-url", target)) {
      var start = elsewhere.begin();
      var back = elsewhere.server.logIn(start.address());

      assertThat(back.toString()).startsWith(target + "?");
      assertThat(elsewhere.complete(start, back).subject()).endsWith(" 1");
      assertThat(URI.create(target).getPath()).endsWith("/api/v1/login/oidc/callback");
    }
  }
}
