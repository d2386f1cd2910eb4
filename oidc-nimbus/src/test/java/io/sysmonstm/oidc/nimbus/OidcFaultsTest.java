package io.sysmonstm.oidc.nimbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.testkit.OpenIdServer;
import io.sysmonstm.testkit.OpenIdServer.Fault;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A provider that is away, hangs, or answers what it should not. */
@Timeout(60)
class OidcFaultsTest {
  private static final Set<Fault> ANSWERS =
      EnumSet.of(Fault.GARBAGE, Fault.REDIRECTS, Fault.NO_ID_TOKEN);

  private final OidcRig rig = new OidcRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private static void assertFails(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RequestException.class,
            failed -> assertThat(failed.code()).as(failed.getMessage()).isEqualTo(code));
  }

  @ParameterizedTest
  @CsvSource({
    "DOWN, UNAVAILABLE",
    "GARBAGE, FAILED_PRECONDITION",
    "HUGE, UNAVAILABLE",
    "REDIRECTS, FAILED_PRECONDITION"
  })
  @DisplayName("row 8: metadata that does not come, or is none, ends a login and no more")
  void metadata(Fault fault, ErrorCode code) {
    rig.server.fail(OpenIdServer.METADATA, fault);
    assertFails(code, rig::begin);

    rig.server.mend();
    assertFails(code, rig::begin);
    assertThat(rig.server.asked(OpenIdServer.METADATA)).as("left alone for a moment").isEqualTo(1);
    rig.time.advance(Discovery.LEFT_ALONE);
    assertThat(rig.logIn().subject()).endsWith(" 1");
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"HANGS", "TRICKLES"})
  @DisplayName("row 8: no token lets nobody in, whatever the provider does instead")
  void token(Fault fault) {
    rig.server.fail(OpenIdServer.TOKEN, fault);
    assertFails(
        ANSWERS.contains(fault) ? ErrorCode.UNAUTHENTICATED : ErrorCode.UNAVAILABLE, rig::logIn);

    rig.server.mend();
    assertThat(rig.logIn().subject()).endsWith(" 1");
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"HANGS", "TRICKLES"})
  void keys(Fault fault) {
    rig.server.fail(OpenIdServer.KEYS, fault);
    assertFails(ErrorCode.UNAVAILABLE, rig::logIn);

    rig.server.mend();
    assertThat(rig.logIn().subject()).endsWith(" 1");
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"HANGS", "TRICKLES"})
  void userInfo(Fault fault) {
    rig.server.fail(OpenIdServer.USER_INFO, fault);
    assertFails(
        ANSWERS.contains(fault) ? ErrorCode.UNAUTHENTICATED : ErrorCode.UNAVAILABLE, rig::logIn);
  }

  @Test
  void aProviderThatIsNotThere() {
    var start = rig.begin();
    var target = rig.server.logIn(start.address());
    rig.server.close();

    assertFails(ErrorCode.UNAVAILABLE, () -> rig.complete(start, target));
    assertFails(ErrorCode.UNAVAILABLE, rig::begin);
  }

  @Test
  @DisplayName("row 8: metadata is asked for once an hour, and anew after a failure")
  void metadataIsKept() {
    rig.logIn();
    rig.logIn();
    assertThat(rig.server.asked(OpenIdServer.METADATA)).isEqualTo(1);

    rig.time.advance(Discovery.KEPT);
    rig.logIn();
    assertThat(rig.server.asked(OpenIdServer.METADATA)).isEqualTo(2);

    rig.server.fail(OpenIdServer.TOKEN, Fault.DOWN);
    assertFails(ErrorCode.UNAVAILABLE, rig::logIn);
    rig.server.mend();
    rig.logIn();
    assertThat(rig.server.asked(OpenIdServer.METADATA)).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "issuer, https://evil.example",
    "issuer, http://127.0.0.1:1/",
    "authorization_endpoint, http://evil.example/authorize",
    "token_endpoint, http://evil.example/token",
    "jwks_uri, http://evil.example/keys",
    "jwks_uri, file:///etc/passwd"
  })
  @DisplayName("row 8: another issuer, and addresses without TLS, are refused")
  void metadataThatCannotBe(String key, String value) {
    rig.server.metadata(Map.of(key, value));

    assertFails(ErrorCode.FAILED_PRECONDITION, rig::begin);
  }

  @ParameterizedTest
  @CsvSource({
    "/.well-known/openid-configuration, HANGS",
    "/.well-known/openid-configuration, TRICKLES",
    "/token, HANGS",
    "/token, TRICKLES",
    "/keys, TRICKLES",
    "/userinfo, TRICKLES"
  })
  @DisplayName(
      "row 8: an answer that does not come, or does not end, is waited for until the deadline")
  void aProviderThatHangs(String path, Fault fault) {
    try (var impatient = OidcRig.impatient()) {
      impatient.server.fail(path, fault);

      assertFails(ErrorCode.UNAVAILABLE, impatient::logIn);
    }
  }
}
