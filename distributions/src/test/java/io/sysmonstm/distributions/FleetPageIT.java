package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.Browser.byTestId;
import static io.sysmonstm.distributions.Browser.machineRow;
import static io.sysmonstm.distributions.Browser.screenshot;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import io.sysmonstm.load.MachineProfile;
import io.sysmonstm.load.MixedFleet;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fleet page, its dialogs and the page that adds a machine, in real Chromium on the image. */
class FleetPageIT {
  private static final int MACHINES = 23;
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  // A fifth of what Web Vitals call good.
  private static final double MOST_SHIFT = 0.02;

  @TempDir private static Path directory;
  private static RunningImage standalone;
  private static MixedFleet fleet;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    var rules =
        Files.writeString(
            directory.resolve("rules.yaml"),
            """
            rules:
              - name: disk-fills-up
                metric: disk_percent
                operator: gt
                threshold: 92
                severity: critical
                message: "{{machine}}: a disk is {{value}} % full"
            """);
    standalone =
        RunningImage.standalone(
            directory.resolve("data"),
            "--collector.machine-id",
            "own",
            "--alerts.rules-file",
            rules.toString());
    fleet =
        new MixedFleet(standalone.grpcPort(), MachineProfile.likely(MACHINES), INTERVAL).start();
    browser = new Browser();
    Eventually.until(
        "a disk fills up",
        Duration.ofSeconds(60),
        () -> standalone.get("/api/v1/alerts?state=firing").contains("disk-fills-up"));
    Eventually.until(
        "history has some cycles",
        Duration.ofSeconds(60),
        () ->
            standalone
                    .get("/api/v1/history?machine=web-1&metric=cpu_percent&from=-5m")
                    .split("\\],\\[", -1)
                    .length
                > 4);
  }

  @AfterAll
  static void stop() {
    browser.close();
    fleet.close();
    standalone.close();
  }

  private static Page open(String path) {
    var page = browser.open(standalone.url() + path);
    machineRow(page, "web-1").waitFor();
    return page;
  }

  private static Locator rows(Page page) {
    return byTestId(page, "machine-row");
  }

  @Test
  void theAddressSaysWhatIsShownAndShowsWhatIsChosen() {
    var page = open("/#/?tag=kind%3Dweb&sort=-cpu&view=cards");
    Eventually.until("only its kind is shown", () -> rows(page).count() == 4);
    assertThat(byTestId(page, "fleet-table").getAttribute("data-layout")).isEqualTo("cards");
    assertThat(byTestId(page, "shown-count").innerText()).matches("4 of 2[45] shown");

    page.locator("[data-testid=tag][data-tag='kind=web']").click();
    page.locator("[data-testid=tag][data-tag='kind=db']").click();
    page.locator("[data-testid=tag][data-tag='kind=api']").click();
    byTestId(page, "layout-table").click();
    Eventually.until("both kinds are shown", () -> rows(page).count() == 8);
    byTestId(page, "filter").fill("api-2");
    Eventually.until("one is shown", () -> rows(page).count() == 1);
    assertThat(page.url())
        .contains("q=api-2", "tag=kind%3Ddb", "tag=kind%3Dapi", "sort=-cpu", "view=table");
    page.reload();
    machineRow(page, "api-2").waitFor();
    assertThat(rows(page).count()).isEqualTo(1);
    page.context().close();
  }

  @Test
  void theAddressOfWhatIsRememberedShowsTheSameToWhoRemembersSomethingElse() {
    var one = open("/");
    assertThat(one.url()).isEqualTo(standalone.url() + "/");
    byTestId(one, "layout-cards").click();
    one.navigate(standalone.url() + "/?");
    machineRow(one, "web-1").waitFor();
    assertThat(one.url()).endsWith("#/?view=cards");
    byTestId(one, "layout-table").click();
    assertThat(one.url()).endsWith("#/?view=table");

    var other = open("/");
    byTestId(other, "layout-cards").click();
    other.navigate(one.url());
    Eventually.until(
        "rows are shown",
        () -> "table".equals(byTestId(other, "fleet-table").getAttribute("data-layout")));
    one.context().close();
    other.context().close();
  }

  @Test
  void headingsSortAndTheOrderIsTold() {
    var page = open("/#/?q=example.net");
    byTestId(page, "sort-name").click();
    assertThat(rows(page).first().getAttribute("data-machine")).isEqualTo("api-1");
    byTestId(page, "sort-name").click();
    assertThat(rows(page).first().getAttribute("data-machine")).isEqualTo("web-4");
    assertThat(page.locator("th[aria-sort=descending]").innerText()).isEqualTo("Machine");
    assertThat(page.url()).endsWith("#/?q=example.net&sort=-name");
    page.context().close();
  }

  @Test
  void theLastMinutesAreThereFromTheFirstSecond() {
    var page = open("/");
    var line = machineRow(page, "web-1").locator("[data-metric=cpu_percent] .spark-line");
    Eventually.until(
        "the line has a past",
        Duration.ofSeconds(5),
        () -> String.valueOf(line.getAttribute("d")).contains("L"));
    page.context().close();
  }

  @Test
  void anAlertIsCountedWithItsMachineAndLeadsToIt() {
    var page = open("/");
    var badge = machineRow(page, "build-1").locator("[data-testid=alert-badge]");
    badge.waitFor();
    assertThat(badge.getAttribute("aria-label"))
        .isEqualTo("1 firing on build-1.example.net, worst critical");
    badge.click();
    page.waitForURL("**/#/machines/build-1");
    byTestId(page, "machine-alerts").locator("[data-severity=critical]").first().waitFor();
    page.goBack();
    page.locator("a.tile").click();
    page.waitForURL("**/#/alerts");
    byTestId(page, "firing-section").waitFor();
    page.context().close();
  }

  @Test
  void aMachineThatFallsSilentSaysSinceWhen() {
    fleet.silence("office-3");
    var page = open("/");
    var row = machineRow(page, "office-3");
    Eventually.until(
        "it is stale or down",
        Duration.ofSeconds(60),
        () -> List.of("stale", "down").contains(row.getAttribute("data-status")));
    assertThat(row.locator(".since").innerText()).matches("for \\d+ (s|min)");
    assertThat(row.locator("[data-testid=status]").getAttribute("title"))
        .startsWith("No data since");
    assertThat(standalone.get("/api/v1/machines/office-3")).contains("\"status_since\":\"");
    page.context().close();
  }

  @Test
  void everythingIsReachedByKeys() {
    var page = open("/");
    page.keyboard().press("Control+k");
    byTestId(page, "palette-input").waitFor();
    page.keyboard().type("api-2");
    Eventually.until("it is found", () -> byTestId(page, "palette-option").count() == 1);
    page.keyboard().press("Enter");
    page.waitForURL("**/#/machines/api-2");
    page.keyboard().press("g");
    page.keyboard().press("m");
    machineRow(page, "web-1").waitFor();
    byTestId(page, "sort-name").click();
    page.keyboard().press("j");
    page.keyboard().press("j");
    page.keyboard().press("ArrowDown");
    page.keyboard().press("k");
    var second = page.locator(".machine-link").nth(1).innerText();
    assertThat(page.evaluate("document.activeElement.textContent")).isEqualTo(second);
    page.keyboard().press("?");
    byTestId(page, "help").waitFor();
    page.keyboard().press("Escape");
    Eventually.until("it is closed", () -> byTestId(page, "help").count() == 0);
    assertThat(page.evaluate("document.activeElement.textContent")).isEqualTo(second);
    page.keyboard().press("/");
    page.keyboard().type("cache");
    Eventually.until("they are filtered", () -> rows(page).count() == 4);
    page.context().close();
  }

  @Test
  void whatSomebodyPrefersHoldsEverywhereAndIsRemembered() {
    var page = open("/");
    page.keyboard().press(",");
    byTestId(page, "preference-theme").selectOption("dark");
    byTestId(page, "preference-rates").selectOption("bits");
    byTestId(page, "preference-zone").selectOption("utc");
    page.keyboard().press("Escape");
    page.reload();
    var rate = machineRow(page, "web-1").locator("[data-metric=network_recv_bytes_sec] .number");
    rate.waitFor();
    assertThat(rate.innerText()).containsPattern("[kM]?bit/s");
    assertThat(page.evaluate("document.documentElement.dataset.theme")).isEqualTo("dark");
    var seen = machineRow(page, "web-1").locator(".col-seen time");
    seen.hover();
    assertThat(seen.getAttribute("title")).contains("UTC", "Z)");
    page.context().close();
  }

  @Test
  void theMomentAMachineComesIsShown() {
    var page = open("/");
    var expires = Instant.now().plusSeconds(600);
    page.route(
        "**/api/v1/enrolment-tokens",
        route ->
            answer(
                route,
                route.request().method().equals("POST")
                    ? """
                    {"id":"t1","token":"secret","expires_at":"%s","ca_pin":"sha256:00",
                     "command":"COLLECTOR_ENROLMENT_TOKEN=secret ./sysmonstm collector --enrolment.ca-pin p"}"""
                        .formatted(expires)
                    : """
                    {"enrolment":true,"enrolment_tokens":[{"id":"t1","used_at":"%s","machine_id":"newcomer"}]}"""
                        .formatted(expires)));
    byTestId(page, "add-machine").click();
    byTestId(page, "command").first().waitFor();
    assertThat(byTestId(page, "command").allInnerTexts())
        .anySatisfy(
            text ->
                assertThat(text)
                    .contains(
                        "COLLECTOR_ENROLMENT_TOKEN=secret ./sysmonstm collector --enrolment.ca-pin p"))
        .anySatisfy(
            text ->
                assertThat(text)
                    .contains(
                        "COLLECTOR_ENROLMENT_TOKEN=secret docker run",
                        "-e COLLECTOR_ENROLMENT_TOKEN --pid",
                        "--enrolment.ca-pin p"));
    assertThat(byTestId(page, "waiting").innerText()).startsWith("Waiting");
    assertThat(byTestId(page, "countdown").innerText()).startsWith("expires in");
    var likely = MachineProfile.likely(1).getFirst();
    var resource = likely.resource().toBuilder().clearTags().setHostname("newcomer").build();
    var newcomer = new MachineProfile("newcomer", resource, likely.series(), likely.processes());
    try (var coming = new MixedFleet(standalone.grpcPort(), List.of(newcomer), INTERVAL).start()) {
      assertThat(coming).isNotNull();
      byTestId(page, "connected").waitFor();
    }
    assertThat(byTestId(page, "connected").getAttribute("href")).isEqualTo("#/machines/newcomer");
    page.context().close();
  }

  private static void answer(Route route, String json) {
    route.fulfill(new Route.FulfillOptions().setContentType("application/json").setBody(json));
  }

  @Test
  void everyViewIsWholeAndAccessibleInBothThemesAtThreeWidthsAndNothingMoves() throws Exception {
    for (var scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
      for (int width : new int[] {1440, 820, 360}) {
        // A phone always has cards.
        for (var layout : width == 360 ? List.of("cards") : List.of("table", "cards")) {
          var name = "fleet-%s-%s-%d".formatted(layout, scheme, width).toLowerCase(Locale.ROOT);
          var page = browser.open(standalone.url() + "/#/?view=" + layout, width, 900, scheme);
          machineRow(page, "web-1").waitFor();
          // The checker is slow, and what it looks at is the same in between.
          if (width == 360 || (width == 1440 && layout.equals("table"))) {
            Accessibility.check(page, name);
          }
          assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
              .as("width of %s", name)
              .isLessThanOrEqualTo(width);
          assertThat(shift(page)).as("layout shift of %s", name).isLessThan(MOST_SHIFT);
          assertThat(page.screenshot().length).as("picture of %s", name).isGreaterThan(10_000);
          screenshot(page, name);
          checkColumns(page, name, width);
          if (scheme == ColorScheme.DARK ? width == 360 : width == 1440 && layout.equals("table")) {
            checkDialogs(page, name);
          }
          page.context().close();
        }
      }
    }
    assertThat(browser.complaints()).isEmpty();
  }

  private static void checkColumns(Page page, String name, int width) {
    byTestId(page, "columns").locator("summary").click();
    var menu = byTestId(page, "columns").locator(".menu-body").boundingBox();
    assertThat(menu.x).as("left edge of the columns of %s", name).isNotNegative();
    assertThat(menu.x + menu.width).as("right edge").isLessThanOrEqualTo(width);
    page.keyboard().press("Escape");
  }

  private static void checkDialogs(Page page, String name) {
    for (var dialog : new String[] {"Control+k palette", "? help", ", preferences"}) {
      var keyAndId = dialog.split(" ", 2);
      page.keyboard().press(keyAndId[0]);
      byTestId(page, keyAndId[1]).waitFor();
      Accessibility.check(page, keyAndId[1] + " over " + name);
      screenshot(page, keyAndId[1] + "-over-" + name);
      page.keyboard().press("Escape");
      Eventually.until("it is closed", () -> byTestId(page, keyAndId[1]).count() == 0);
    }
  }

  private static double shift(Page page) {
    return ((Number)
            page.evaluate(
                """
                () => new Promise((resolve) => {
                  let sum = 0;
                  new PerformanceObserver((list) => {
                    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
                  }).observe({type: 'layout-shift', buffered: true});
                  setTimeout(() => resolve(sum), 300);
                })"""))
        .doubleValue();
  }
}
