package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.Browser.byTestId;
import static io.sysmonstm.distributions.Browser.machineRow;
import static io.sysmonstm.distributions.Browser.screenshot;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way in, as people go it: in real Chromium on the built image. */
class LoginIT {
  private static final Pattern CODE = Pattern.compile("([0-9A-Z]{5}(?:-[0-9A-Z]{5}){4})");
  private static final String PASSWORD = "correct horse battery";

  @TempDir private static Path directory;
  private static RunningImage standalone;
  private static Browser browser;

  @BeforeAll
  static void start() {
    standalone =
        RunningImage.standalone(
            directory.resolve("data"),
            "--gateway.login",
            "required",
            "--collector.machine-id",
            "first");
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    standalone.close();
  }

  private static String code() {
    standalone.awaitLog("setup_code");
    var matcher = CODE.matcher(standalone.log());
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private static void logIn(Page page, String name) {
    byTestId(page, "login-name").fill(name);
    byTestId(page, "login-password").fill(PASSWORD);
    byTestId(page, "login-submit").click();
    Eventually.until(
        name + " is in", () -> byTestId(page, "account-name").innerText().equals(name));
  }

  private static void logOut(Page page) {
    byTestId(page, "account-name").click();
    byTestId(page, "log-out").click();
    byTestId(page, "login-name").waitFor();
  }

  private static void somebodyElseComesInWhereASessionIsOver(Page page) {
    var asked = new CopyOnWriteArrayList<String>();
    page.onRequest(
        request -> {
          if (request.method().equals("DELETE")) {
            asked.add(request.url());
          }
        });
    var loads = new AtomicInteger();
    page.onLoad(loaded -> loads.incrementAndGet());
    page.context().clearCookies();
    page.evaluate("() => { import('./js/api.js').then(({ deleteRule }) => deleteRule('bobs')); }");
    byTestId(page, "login-name").waitFor();
    logIn(page, "ada");
    Eventually.until(
        "the page is loaded anew",
        () -> {
          page.waitForTimeout(20);
          return loads.get() == 1;
        });
    byTestId(page, "new-rule").waitFor();
    assertThat(asked).as("what bob began, which is not repeated for ada").hasSize(1);
  }

  @Test
  @DisplayName("row 8: the code from the log, the first admin, a viewer who changes nothing")
  void theWayIn() {
    assertThat(standalone.send("GET", "/api/v1/machines", "").statusCode()).isEqualTo(401);
    var page = browser.open(standalone.url() + "/#/rules");
    byTestId(page, "setup-code").waitFor();
    screenshot(page, "login-setup");
    byTestId(page, "setup-code").fill(code());
    byTestId(page, "setup-name").fill("ada");
    byTestId(page, "setup-password").fill(PASSWORD);
    byTestId(page, "setup-again").fill(PASSWORD);
    byTestId(page, "login-submit").click();
    byTestId(page, "rule-row").first().waitFor();
    assertThat(byTestId(page, "new-rule").isVisible()).isTrue();

    page.navigate(standalone.url() + "/#/access");
    byTestId(page, "new-account").locator("summary").click();
    byTestId(page, "new-account-name").fill("bob");
    byTestId(page, "new-account-password").fill(PASSWORD);
    byTestId(page, "new-account-again").fill(PASSWORD);
    byTestId(page, "add-account").click();
    page.locator("[data-testid=account-row][data-account=bob]").waitFor();
    byTestId(page, "new-token").locator("summary").click();
    byTestId(page, "new-token-name").fill("grafana");
    byTestId(page, "add-token").click();
    Eventually.until(
        "the token is shown",
        () -> byTestId(page, "new-token-text").innerText().startsWith("sma_"));
    var made = page.locator("[data-testid=token-row] td:nth-child(4)");
    byTestId(page, "open-preferences").click();
    byTestId(page, "preference-theme").selectOption("dark");
    byTestId(page, "preference-zone").selectOption("utc");
    page.keyboard().press("Escape");
    Eventually.until("times are in UTC", () -> made.innerText().contains("UTC"));
    assertThat(byTestId(page, "new-token-text").innerText()).startsWith("sma_");
    byTestId(page, "audit-filter").fill("account added");
    Eventually.until(
        "the audit tells of it", () -> byTestId(page, "audit").locator("li").count() == 1);
    screenshot(page, "access");

    logOut(page);
    screenshot(page, "login");
    byTestId(page, "login-name").fill("bob");
    byTestId(page, "login-password").fill("wrong");
    byTestId(page, "login-submit").click();
    byTestId(page, "login-problems").waitFor();
    logIn(page, "bob");
    machineRow(page, "first").waitFor();
    assertThat(page.locator("[data-testid=access-link]").count()).isZero();

    page.navigate(standalone.url() + "/#/rules");
    byTestId(page, "rule-row").first().waitFor();
    assertThat(byTestId(page, "new-rule").isVisible()).isFalse();
    var refused =
        page.evaluate(
            """
            async () => {
              const { csrf_token: token } = await (await fetch('api/v1/session')).json();
              const answer = await fetch('api/v1/rules/mine', {
                method: 'PUT', headers: { 'x-csrf-token': token },
                body: '{"metric":"cpu_percent","operator":"gt","threshold":90}' });
              return answer.status;
            }
            """);
    assertThat(refused).isEqualTo(403);
    somebodyElseComesInWhereASessionIsOver(page);
    page.context().close();
  }
}
