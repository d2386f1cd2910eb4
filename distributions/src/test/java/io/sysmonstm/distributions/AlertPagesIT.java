package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.Browser.byTestId;
import static io.sysmonstm.distributions.Browser.screenshot;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of alerts and rules, used as an operator does, in real Chromium on the built image. */
class AlertPagesIT {
  @TempDir private static Path directory;
  private static RunningImage standalone;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    var rules =
        Files.writeString(
            directory.resolve("rules.yaml"),
            """
            rules:
              - name: always-on
                metric: memory_percent
                operator: gt
                threshold: 0.001
                severity: critical
                message: "<b>{{machine}}</b> uses memory"
              - name: for-ever-pending
                metric: memory_percent
                operator: gt
                threshold: 0.001
                for: 24h
            """);
    standalone =
        RunningImage.standalone(
            directory.resolve("data"),
            "--collector.collection-interval",
            "1s",
            "--collector.machine-id",
            "first",
            "--alerts.rules-file",
            rules.toString());
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    standalone.close();
  }

  private static Page open(String path) {
    return browser.open(standalone.url() + path);
  }

  @Test
  void anAlertIsAcknowledgedAndSilencedAndTheSilenceEnded() {
    var page = open("/#/alerts");
    // What another test has made fire may not be over yet.
    var firing =
        byTestId(page, "firing-section")
            .locator("[data-testid=alert]", new Locator.LocatorOptions().setHasText("always-on"));
    firing.waitFor();
    assertThat(firing.innerText()).contains("<b>first</b> uses memory");
    byTestId(page, "pending-section").locator("[data-testid=alert]").waitFor();

    firing.locator("[data-testid=acknowledge]").click();
    Eventually.until("it is seen", () -> firing.innerText().contains("seen by"));

    firing.locator("[data-testid=silence-alert]").click();
    byTestId(page, "add-silence").waitFor();
    assertThat(byTestId(page, "silence-match").inputValue())
        .contains("rule=always-on", "machine=first");
    byTestId(page, "silence-by").fill("Ada");
    byTestId(page, "silence-why").fill("trying <i>it</i> out");
    byTestId(page, "add-silence").click();
    firing.locator("[data-testid=alert-silenced]").waitFor();
    var silence = byTestId(page, "silence");
    assertThat(silence.innerText()).contains("by Ada: trying <i>it</i> out", "silenced now");

    byTestId(page, "end-silence").click();
    firing.locator("[data-testid=silence-alert]").waitFor();
    Eventually.until("no silence is left", () -> silence.count() == 0);
    page.context().close();
  }

  @Test
  void whatIsOverIsFoundByMachineRuleAndSeverity() {
    rule(0.001);
    var page = open("/#/alerts");
    page.locator("[data-testid=firing-section] .alert-rule", withText("comes-and-goes")).waitFor();
    rule(101);
    var past = byTestId(page, "alert-history").locator("[data-testid=alert]");
    past.first().waitFor();

    byTestId(page, "history-rule").fill("nothing-of-that-name");
    byTestId(page, "alert-history").getByText("Nothing of this kind").waitFor();
    assertThat(past.count()).isZero();
    byTestId(page, "history-rule").fill("comes-and-goes");
    byTestId(page, "history-machine").fill("first");
    byTestId(page, "history-severity").selectOption("info");
    past.first().waitFor();
    assertThat(past.first().innerText()).contains("comes-and-goes", "resolved");
    byTestId(page, "history-severity").selectOption("critical");
    byTestId(page, "alert-history").getByText("Nothing of this kind").waitFor();
    page.context().close();
    standalone.send("DELETE", "/api/v1/rules/comes-and-goes", "");
  }

  private static Page.LocatorOptions withText(String text) {
    return new Page.LocatorOptions().setHasText(text);
  }

  private static void rule(double threshold) {
    var answer =
        standalone.send(
            "PUT",
            "/api/v1/rules/comes-and-goes",
            "{\"metric\":\"memory_percent\",\"operator\":\"gt\",\"threshold\":%s,\"severity\":\"info\"}"
                .formatted(threshold));
    assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
  }

  @Test
  void aBadSilenceIsRefusedWithWhatIsWrong() {
    var page = open("/#/alerts");
    byTestId(page, "new-silence").locator("summary").click();
    byTestId(page, "silence-match").fill("no equals sign");
    byTestId(page, "silence-by").fill("Ada");
    byTestId(page, "add-silence").click();

    byTestId(page, "silence-problems").waitFor();
    assertThat(byTestId(page, "silence-problems").innerText()).contains("machine=web-*");
    page.context().close();
  }

  @Test
  void aRuleIsCheckedAsOneTypesSavedFiresAndIsDeleted() {
    var page = open("/#/rules");
    page.locator("[data-testid=rule-row][data-rule=always-on]").waitFor();
    byTestId(page, "new-rule").click();
    byTestId(page, "rule-name").fill("mine");
    byTestId(page, "rule-metric").fill("memory_percent");
    byTestId(page, "rule-threshold").fill("lots");
    Eventually.until(
        "the problem is told",
        () -> byTestId(page, "rule-problems").innerText().contains("threshold"));
    assertThat(byTestId(page, "save-rule").isDisabled()).isTrue();

    byTestId(page, "rule-threshold").fill("0.5");
    Eventually.until("it can be saved", () -> byTestId(page, "save-rule").isEnabled());
    byTestId(page, "save-rule").click();
    page.waitForURL("**/#/rules/mine");
    Eventually.until(
        "who did it is shown", () -> byTestId(page, "rule-audit").innerText().contains("rule put"));

    page.navigate(standalone.url() + "/#/alerts");
    page.getByText("mine", new Page.GetByTextOptions().setExact(true)).first().waitFor();
    page.navigate(standalone.url() + "/#/rules/mine");
    byTestId(page, "delete-rule").click();
    assertThat(byTestId(page, "delete-rule").innerText()).isEqualTo("Really delete?");
    byTestId(page, "delete-rule").click();
    page.waitForURL("**/#/rules");
    Eventually.until(
        "it is gone", () -> page.locator("[data-testid=rule-row][data-rule=mine]").count() == 0);
    page.context().close();
  }

  @Test
  void aRuleOfTheFileIsShownAndCannotBeChanged() {
    var page = open("/#/rules/always-on");
    Eventually.until(
        "it is shown", () -> byTestId(page, "rule-metric").inputValue().equals("memory_percent"));
    assertThat(byTestId(page, "rule-metric").isDisabled()).isTrue();
    assertThat(byTestId(page, "save-rule").isVisible()).isFalse();
    assertThat(byTestId(page, "rule-note").innerText()).contains("rules file");
    page.context().close();
  }

  @Test
  void aRuleIsReplayedOnHistoryAndItsFiringsDrawnOverTheMetric() {
    var page = open("/#/rules/always-on");
    Eventually.until(
        "the rule is shown",
        () -> byTestId(page, "rule-metric").inputValue().equals("memory_percent"));
    byTestId(page, "back-test-24h").click();
    byTestId(page, "firing").first().waitFor();

    assertThat(byTestId(page, "back-test-note").innerText()).contains("fired 1 time, on 1 machine");
    Eventually.until(
        "it is drawn", () -> "1".equals(byTestId(page, "rule-chart").getAttribute("data-bands")));
    screenshot(page, "rule-back-test");
    page.context().close();
  }

  @Test
  void everyPageIsWholeInBothThemesWideAndNarrowAndTheBrowserComplainsOfNothing() {
    for (var scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
      for (int width : new int[] {1440, 800, 360}) {
        for (var path : new String[] {"alerts", "rules", "rules/always-on"}) {
          var page = browser.open(standalone.url() + "/#/" + path, width, 900, scheme);
          var shown =
              path.equals("alerts") ? "alert" : path.equals("rules") ? "rule-row" : "rule-metric";
          byTestId(page, shown).first().waitFor();
          assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
              .as("width of %s at %d", path, width)
              .isLessThanOrEqualTo(width);
          screenshot(
              page,
              "%s-%s-%d"
                  .formatted(
                      path.replace('/', '-'), scheme.name().toLowerCase(Locale.ROOT), width));
          page.context().close();
        }
      }
    }
    assertThat(browser.complaints()).isEmpty();
  }
}
