package io.sysmonstm.oidc.nimbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.testkit.LocalhostCertificate;
import io.sysmonstm.testkit.OpenIdServer;
import io.sysmonstm.tls.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How the gateway proves to the provider who it is, and the reverse; and what can be configured.
 */
class OidcClientTest {
  @TempDir private Path directory;

  @Test
  void aSecretIsSentInTheHeader() {
    try (var rig = new OidcRig()) {
      rig.logIn();
      assertThat(rig.server.proofs()).containsExactly("basic");
    }
  }

  @Test
  void aSecretIsSentInTheFormWhereTheProviderTakesNothingElse() {
    try (var rig = new OidcRig()) {
      rig.server.metadata(
          Map.of("token_endpoint_auth_methods_supported", List.of("client_secret_post")));
      rig.logIn();
      assertThat(rig.server.proofs()).containsExactly("post");
    }
  }

  @Test
  void aSecretIsSentAsConfigured() {
    try (var rig = new OidcRig("client-authentication", "post")) {
      rig.logIn();
      assertThat(rig.server.proofs()).containsExactly("post");
    }
  }

  @Test
  void aPublicClientSendsNone() {
    try (var rig = new OidcRig("client-secret", "")) {
      rig.server.publicClient();
      assertThat(rig.logIn().subject()).endsWith(" 1");
      assertThat(rig.server.proofs()).containsExactly("none");
    }
  }

  @Test
  @DisplayName("row 14: a wrong secret is a fault of the configuration, and is not shown")
  void aWrongSecretIsAFaultOfTheConfiguration() {
    try (var rig = new OidcRig("client-secret", "canary")) {
      assertThatThrownBy(rig::logIn)
          .isInstanceOfSatisfying(
              RequestException.class,
              failed -> assertThat(failed.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION))
          .hasMessageContaining("gateway.oidc.client-id")
          .hasMessageNotContaining("canary");
    }
  }

  private Path pem(LocalhostCertificate certificate) throws Exception {
    var store =
        KeyStore.getInstance(
            certificate.file().toFile(), LocalhostCertificate.PASSWORD.toCharArray());
    var shown = (X509Certificate) store.getCertificate(store.aliases().nextElement());
    return Files.writeString(directory.resolve("ca.pem"), Certificates.toPem(List.of(shown)));
  }

  @Test
  @DisplayName("row 2: a provider over TLS is verified, by the file that is configured")
  void tlsIsVerified() throws Exception {
    var certificate = LocalhostCertificate.create(directory);
    try (var rig =
        new OidcRig(
            OpenIdServer.start(certificate.ofServer()),
            Optional.of(pem(certificate)),
            OidcRig.PATIENCE)) {
      assertThat(rig.logIn().subject()).startsWith("https://localhost:");
    }
    try (var rig =
        new OidcRig(
            OpenIdServer.start(certificate.ofServer()), Optional.empty(), OidcRig.PATIENCE)) {
      assertThatThrownBy(rig::begin)
          .isInstanceOf(RequestException.class)
          .hasMessageContaining("cannot be reached");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://id.example.org",
        "https://id.example.org?x=1",
        "https://id.example.org#x",
        "https://ada:secret@id.example.org",
        "id.example.org",
        "https:///x",
        "ftp://localhost",
        "not a uri"
      })
  void anIssuerThatCannotBe(String text) {
    assertThat(OidcSingleSignOnProvider.ISSUER.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://id.example.org",
        "https://id.example.org/realms/ops",
        "https://id.example.org/",
        "http://localhost:8080",
        "http://127.0.0.1:8080",
        "http://[::1]:8080"
      })
  void anIssuerThatCanBe(String text) {
    assertThat(OidcSingleSignOnProvider.ISSUER.parse(text)).map(Object::toString).contains(text);
  }

  @Test
  void allThatIsMissingIsTold() {
    assertThatThrownBy(() -> OidcSingleSignOnProvider.config(Settings.of(Map.of())))
        .isInstanceOfSatisfying(
            ConfigException.class,
            failed ->
                assertThat(String.join("\n", failed.problems()))
                    .contains("gateway.oidc.issuer is missing")
                    .contains("gateway.oidc.client-id is missing")
                    .contains("gateway.oidc.admins and gateway.oidc.viewers are empty"));
  }

  @Test
  void whatDoesNotFitTogetherIsTold() {
    var settings =
        Settings.of(
            Map.of(
                "gateway.oidc.issuer", "https://id.example.org",
                "gateway.oidc.client-id", "x",
                "gateway.oidc.client-authentication", "post",
                "gateway.oidc.admins", "*"));
    assertThatThrownBy(() -> OidcSingleSignOnProvider.config(settings))
        .isInstanceOfSatisfying(
            ConfigException.class, failed -> assertThat(failed.problems()).hasSize(2));
  }

  @Test
  void theSecretIsDeclaredAsOne() {
    assertThat(new OidcSingleSignOnProvider().settings().stream().filter(Setting::secret))
        .extracting(Setting::key)
        .containsExactly("gateway.oidc.client-secret");
    assertThat(new OidcSingleSignOnProvider().settings())
        .extracting(Setting::key)
        .allMatch(key -> key.startsWith("gateway.oidc."));
  }

  @Test
  void comesBackToItsOwnPathAlone() {
    var setting = OidcSingleSignOnProvider.REDIRECT_URL;
    assertThat(setting.parse("https://m.example.org/api/v1/login/oidc/callback")).isPresent();
    assertThat(setting.parse("https://m.example.org/x/api/v1/login/oidc/callback")).isPresent();
    assertThat(setting.parse("https://m.example.org/elsewhere")).isEmpty();
    assertThat(setting.parse("http://m.example.org/api/v1/login/oidc/callback")).isEmpty();
  }
}
