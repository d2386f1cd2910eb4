package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.Browser.byTestId;
import static io.sysmonstm.distributions.Browser.machineRow;
import static io.sysmonstm.distributions.Browser.screenshot;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.SameSiteAttribute;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.OpenIdServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Logging in at an OpenID provider of another site, in real Chromium on the built image. */
class SignOnIT {
  @TempDir private static Path directory;
  private static OpenIdServer provider;
  private static RunningImage standalone;
  private static Browser browser;

  @BeforeAll
  static void start() throws IOException {
    provider = OpenIdServer.start();
    var configuration =
        Files.writeString(
            directory.resolve("sysmonstm.yaml"),
            """
            gateway:
              login: required
              oidc:
                issuer: %s
                client-id: %s
                client-secret: "%s"
                name: Example ID
                role-claim: realm_access.roles
                admins: [ops]
                viewers: [staff]
            """
                .formatted(provider.issuer(), OpenIdServer.CLIENT_ID, OpenIdServer.CLIENT_SECRET));
    standalone =
        RunningImage.standalone(
            directory.resolve("data"),
            "--config",
            configuration.toString(),
            "--collector.machine-id",
            "first");
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    standalone.close();
    provider.close();
  }

  private static void person(String subject, String name, String role) {
    provider.person(
        subject,
        Map.of("preferred_username", name, "realm_access", Map.of("roles", List.of(role))));
  }

  /** By a name that is another site than the provider's, as it is in real life. */
  private static String page(String place) {
    return "http://localhost:%d/%s".formatted(standalone.httpPort(), place);
  }

  private static void answer(Page page, String answer) {
    byTestId(page, "login-oidc").waitFor();
    page.keyboard().press("Enter");
    page.locator("button[value=" + answer + "]").click();
  }

  private static void awaitAccount(Page page, String name) {
    byTestId(page, "account-name").waitFor();
    Eventually.until(
        name + " is in", () -> byTestId(page, "account-name").innerText().equals(name));
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"LIGHT", "DARK"})
  @DisplayName("row 8, 10: by the button to the provider, and back to where one was, logged in")
  void thereAndBack(ColorScheme scheme) {
    person("4711", "ada", "ops");
    var before = browser.complaints().size();
    var page = browser.open(page("#/"), 1440, 900, scheme);
    byTestId(page, "login-oidc").waitFor();
    Accessibility.check(page, "the login, " + scheme);
    screenshot(page, "login-oidc-" + scheme.name().toLowerCase(Locale.ROOT));
    assertThat(byTestId(page, "login-oidc").innerText()).isEqualTo("Log in with Example ID");

    answer(page, "allow");

    awaitAccount(page, "ada");
    machineRow(page, "first").waitFor();
    assertThat(page.url()).isEqualTo(page("#/"));
    assertThat(page.context().cookies().stream().filter(c -> c.domain.equals("localhost")))
        .singleElement()
        .satisfies(SignOnIT::isStrict);
    screenshot(page, "signed-on-" + scheme.name().toLowerCase(Locale.ROOT));
    assertThat(browser.complaints().stream().skip(before)).isEmpty();
    page.context().close();
  }

  private static void isStrict(Cookie cookie) {
    assertThat(cookie.name).isEqualTo("sysmonstm-session");
    assertThat(cookie.sameSite).isEqualTo(SameSiteAttribute.STRICT);
    assertThat(cookie.httpOnly).isTrue();
  }

  @Test
  @DisplayName("row 8: a place on the page is come back to; who has no role is told so in words")
  void whoHasNoRoleIsToldSo() {
    person("4711", "ada", "ops");
    var page = browser.open(page("#/alerts?state=firing"));
    answer(page, "allow");
    awaitAccount(page, "ada");
    assertThat(page.url()).isEqualTo(page("#/alerts?state=firing"));
    byTestId(page, "account-name").click();
    byTestId(page, "log-out").click();

    answer(page, "deny");
    byTestId(page, "login-problems").waitFor();
    assertThat(byTestId(page, "login-problems").innerText()).contains("was cancelled");

    person("4712", "eve", "strangers");
    answer(page, "allow");
    byTestId(page, "login-problems").waitFor();
    Eventually.until(
        "the reason is shown",
        () -> byTestId(page, "login-problems").innerText().contains("no role here"));
    assertThat(page.url()).isEqualTo(page("#/"));
    Accessibility.check(page, "a login that was refused");
    screenshot(page, "login-oidc-refused");

    person("4713", "bob", "staff");
    answer(page, "allow");
    awaitAccount(page, "bob");
    assertThat(page.locator("[data-testid=access-link]").count()).isZero();
    page.context().close();
  }
}
