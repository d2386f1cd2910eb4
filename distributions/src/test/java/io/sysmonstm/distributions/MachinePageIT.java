package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.Browser.byTestId;
import static io.sysmonstm.distributions.Browser.screenshot;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.sysmonstm.testkit.BatchBuilder;
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

/** The page of one machine, used as an operator does, with three hours of history behind it. */
class MachinePageIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration CYCLE = Duration.ofSeconds(5);

  @TempDir private static Path directory;
  private static RunningImage standalone;
  private static RunningImage collector;
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
            """);
    standalone =
        RunningImage.standalone(
            directory.resolve("data"),
            "--collector.machine-id",
            "first",
            "--alerts.rules-file",
            rules.toString());
    var from = Instant.now().minus(Duration.ofMinutes(190));
    var reboot = from.plus(Duration.ofMinutes(95));
    try (var spool = new WrittenSpool(directory.resolve("past/spool"), "past", from)) {
      spool
          .cycles(1_080, CYCLE, (batch, at) -> read(batch, at, from.minusSeconds(9_000)))
          .pause(Duration.ofMinutes(6))
          .cycles(1_140, CYCLE, (batch, at) -> read(batch, at, reboot));
    }
    collector = RunningImage.collector(directory.resolve("past"), standalone, "past");
    browser = new Browser();
    Eventually.until("the past is in history", LONG, () -> points() > 2_200);
  }

  @AfterAll
  static void stop() {
    browser.close();
    collector.close();
    standalone.close();
  }

  private static void read(BatchBuilder batch, Instant at, Instant boot) {
    double wave = 40 + 25 * Math.sin(at.getEpochSecond() / 400.0);
    batch
        .sample("cpu_percent", wave)
        .sample("memory_percent", 30 + wave / 4)
        .sample("load_avg_1m", wave / 30)
        .sample("boot_time", (double) boot.getEpochSecond())
        .sample("agent_spool_depth", 1)
        .sample("agent_dropped", 0);
  }

  private static int points() {
    return standalone
        .get("/api/v1/history?machine=past&metric=cpu_percent&from=-4h&max_points=10000")
        .split("],\\[", -1)
        .length;
  }

  private static Page open(String address) {
    var page = browser.open(standalone.url() + "/#/machines/" + address);
    awaitPoints(page, "cpu");
    return page;
  }

  private static Locator card(Page page, String chart) {
    return page.locator("[data-testid=chart-card][data-chart=" + chart + "]");
  }

  private static void awaitPoints(Page page, String chart) {
    card(page, chart).waitFor();
    Eventually.until(
        chart + " is drawn",
        LONG,
        () ->
            number(card(page, chart), "data-points") > 1
                && "false".equals(card(page, chart).getAttribute("aria-busy")));
  }

  private static double number(Locator element, String attribute) {
    var value = element.getAttribute(attribute);
    return value == null || value.isEmpty() ? 0 : Double.parseDouble(value);
  }

  private static double span(Page page) {
    return number(card(page, "cpu"), "data-to") - number(card(page, "cpu"), "data-from");
  }

  private static void drag(Page page, double from, double to) {
    var box = card(page, "cpu").locator(".u-over").boundingBox();
    page.mouse().move(box.x + box.width * from, box.y + 40);
    page.mouse().down();
    page.mouse().move(box.x + box.width * to, box.y + 45);
    page.mouse().up();
  }

  @Test
  void aDragZoomsInShiftPansTheWheelZoomsAndADoubleClickGoesBackToLive() {
    var page = open("past?range=1h");
    drag(page, 0.25, 0.75);
    Eventually.until(
        "half an hour is shown", () -> span(page) > 1_700_000 && span(page) < 1_900_000);
    var zoomed = page.url();
    assertThat(zoomed).contains("range=1h", "from=", "to=");
    assertThat(byTestId(page, "back-to-live").getAttribute("aria-pressed")).isEqualTo("false");
    double before = number(card(page, "cpu"), "data-from");

    page.keyboard().down("Shift");
    drag(page, 0.25, 0.75);
    page.keyboard().up("Shift");
    Eventually.until(
        "it has moved into the past",
        () -> before - number(card(page, "cpu"), "data-from") > 800_000);
    page.goBack();
    Eventually.until("the move is undone", () -> number(card(page, "cpu"), "data-from") == before);
    page.goBack();
    Eventually.until("the zoom is undone", () -> Math.abs(span(page) - 3_600_000) < 10);
    page.goForward();
    page.keyboard().down("Control");
    page.mouse().wheel(0, -100);
    page.keyboard().up("Control");
    Eventually.until("it is narrower", () -> span(page) < 1_500_000);

    card(page, "cpu").locator(".u-over").dblclick();
    Eventually.until("an hour is shown", () -> Math.abs(span(page) - 3_600_000) < 10);
    assertThat(page.url()).doesNotContain("from=");
    double edge = number(card(page, "cpu"), "data-to");
    Eventually.until("it follows the clock", () -> number(card(page, "cpu"), "data-to") > edge);

    page.navigate(zoomed);
    Eventually.until(
        "the address shows the same", () -> number(card(page, "cpu"), "data-from") == before);
    page.context().close();
  }

  @Test
  void aFingerPointsAtAValueThatStaysAndTwoFingersMoveNothing() {
    var page = browser.openOnPhone(standalone.url() + "/#/machines/past?range=1h");
    awaitPoints(page, "cpu");
    var surface = card(page, "cpu").locator(".u-over");
    surface.scrollIntoViewIfNeeded();
    var box = surface.boundingBox();
    page.touchscreen().tap(box.x + box.width / 2, box.y + 40);
    var legend = card(page, "cpu").locator(".legend");
    Eventually.until("a moment is read", () -> legend.getAttribute("title") != null);
    page.waitForTimeout(100);
    assertThat(legend.getAttribute("title")).endsWith("Z");

    surface.evaluate(
        """
        (surface) => {
          surface.setPointerCapture = () => {};
          const { left, top, width } = surface.getBoundingClientRect();
          const finger = (type, pointerId, part) => surface.dispatchEvent(new PointerEvent(type, {
            pointerId, pointerType: 'touch', clientX: left + width * part, clientY: top + 40 }));
          finger('pointerdown', 1, 0.2);
          finger('pointerdown', 2, 0.9);
          for (const part of [0.3, 0.4, 0.5]) finger('pointermove', 2, part);
          finger('pointerup', 2, 0.5);
          finger('pointerup', 1, 0.2);
        }""");
    assertThat(page.url()).doesNotContain("from=");
    page.context().close();
  }

  @Test
  void keysMoveTheCursorZoomAndLeaveAndWhatIsThereIsSaid() {
    var page = open("past?range=1h");
    var chart = card(page, "cpu").locator("[data-testid=chart-area]");
    chart.focus();
    page.keyboard().press("ArrowLeft");
    page.keyboard().press("ArrowLeft");
    Eventually.until(
        "it is said", () -> byTestId(page, "read-out").innerText().matches("(?s).*CPU [0-9.]+%.*"));
    var first = byTestId(page, "read-out").innerText();
    page.keyboard().press("Home");
    Eventually.until(
        "another is said", () -> !byTestId(page, "read-out").innerText().equals(first));
    page.keyboard().press("+");
    Eventually.until("half of it is shown", () -> Math.abs(span(page) - 1_800_000) < 10);
    page.keyboard().press("Escape");
    Eventually.until("an hour is shown", () -> Math.abs(span(page) - 3_600_000) < 10);

    awaitPoints(page, "cores");
    card(page, "cores").locator("[data-testid=chart-area]").focus();
    page.keyboard().press("ArrowDown");
    Eventually.until(
        "a core is said", () -> byTestId(page, "read-out").innerText().contains("core "));
    page.context().close();
  }

  @Test
  void averagesHaveABandTheirTierIsShownAndGapsRebootsAndAlertsAreMarked() {
    var page = open("past?range=6h");
    var cpu = card(page, "cpu");
    assertThat(cpu.getAttribute("data-bands")).isEqualTo("true");
    assertThat(cpu.locator("[data-testid=resolution]").innerText()).isEqualTo("30 s averages");
    Eventually.until("the gap is told", LONG, () -> byTestId(page, "gap").count() > 0);
    Eventually.until(
        "the reboot is told", () -> byTestId(page, "events").innerText().contains("Booted at "));
    Eventually.until(
        "the alert is told",
        () -> byTestId(page, "events").innerText().contains("critical always-on, firing since"));
    assertThat(number(card(page, "memory"), "data-events")).isGreaterThanOrEqualTo(2);
    screenshot(page, "machine-6h");

    byTestId(page, "range-24h").click();
    Eventually.until("minutes are shown", () -> "1m".equals(cpu.getAttribute("data-resolution")));
    assertThat(cpu.locator("[data-testid=resolution]").innerText()).isEqualTo("2 min averages");
    byTestId(page, "range-1y").click();
    Eventually.until("hours are shown", () -> "1h".equals(cpu.getAttribute("data-resolution")));
    page.context().close();
  }

  @Test
  void aChartIsDownloadedAsCsvAndItsLinkCopied() {
    var page = open("past?range=1h");
    page.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
    var menu = card(page, "cpu").locator("[data-testid=chart-menu]");
    menu.locator("summary").click();
    var href = menu.locator("[data-testid=csv]").getAttribute("href");
    var answer = standalone.send("GET", "/" + href, "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
    assertThat(answer.body().lines().count()).isGreaterThan(100);

    menu.locator("[data-testid=copy-link]").click();
    Eventually.until("it is copied", () -> menu.innerText().contains("Copied"));
    assertThat((String) page.evaluate("navigator.clipboard.readText()"))
        .contains("#/machines/past?", "from=", "chart=cpu");
    page.keyboard().press("Escape");
    page.context().close();
  }

  @Test
  void onlyChartsInViewAskForHistoryAndTheyAppearWithoutMovingThePage() {
    var page = open("first?range=15m");
    assertThat(card(page, "swapping").getAttribute("data-resolution")).isNull();
    var shift =
        (Number)
            page.evaluate(
                """
                () => new Promise((done) => {
                  let sum = 0;
                  new PerformanceObserver((list) => {
                    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
                  }).observe({ type: 'layout-shift', buffered: true });
                  setTimeout(() => done(sum), 300);
                })
                """);
    assertThat(shift.doubleValue()).as("layout shift").isLessThan(0.1);
    card(page, "swapping").scrollIntoViewIfNeeded();
    awaitPoints(page, "swapping");
    page.context().close();
  }

  @Test
  void theTableOfProcessesSortsByAnyColumn() {
    var page = open("first");
    byTestId(page, "processes-row").first().waitFor();
    var table = byTestId(page, "processes");
    table.locator("[data-sort=Process]").click();
    assertThat(table.locator("th[aria-sort=ascending]").innerText()).startsWith("Process");
    var names = table.locator("tbody tr td:first-child").allInnerTexts();
    assertThat(names).isSortedAccordingTo(String.CASE_INSENSITIVE_ORDER);
    table.locator("[data-sort=PID]").click();
    assertThat(table.locator("th[aria-sort=descending]").innerText()).startsWith("PID");
    page.context().close();
  }

  @Test
  void aHeatMapHoldsTwoHundredAndFiftySixCoresAndStaysSmooth() {
    var page = open("first");
    var millis =
        (Number)
            page.evaluate(
                """
                async () => {
                  const { HeatMap } = await import('./js/heat-map.js');
                  const area = document.querySelector('[data-chart=cpu] .chart-area');
                  const legend = document.createElement('ul');
                  const spec = { noun: 'core', label: 'core', format: (value) => `${value}` };
                  const times = Array.from({ length: 240 }, (_, i) => i * 5000);
                  const lines = new Map(Array.from({ length: 256 }, (_, core) => [core, {
                    labels: { core: String(core) }, times, values: times.map((_, i) => (i + core) % 101), gap: 15000, bucketMs: 0,
                  }]));
                  const map = new HeatMap(spec, area, legend, () => {});
                  const durations = [];
                  for (let i = 0; i < 9; i++) {
                    const begin = performance.now();
                    map.draw({ lines, interval: 5000 }, { from: 0, to: 1200000 }, { gaps: [], events: [] });
                    durations.push(performance.now() - begin);
                  }
                  if (!legend.textContent.includes('busiest: core')) throw new Error(legend.textContent);
                  return durations.sort((a, b) => a - b)[4];
                }
                """);
    assertThat(millis.doubleValue()).as("ms to draw 256 cores").isLessThan(100);
    page.context().close();
  }

  @Test
  void ofManyLinesPairsAreDrawnThatStayUntilDataIsLoadedAnew() {
    var page = open("first");
    var told =
        page.evaluate(
            """
            async () => {
              const [{ LineChart }, { ChartData }, { CHARTS }] =
                await Promise.all(['line-chart', 'series', 'chart-specs'].map((name) => import(`./js/${name}.js`)));
              const spec = CHARTS.find(({ id }) => id === 'network');
              const answers = (peakOf) => spec.metrics.map(({ name }) => ({ series: Array.from({ length: 9 }, (_, i) => (
                { metric: name, labels: { interface: `eth${i}` }, points: [[1000, 1], [2000, name.includes('recv') ? peakOf(i) : 2]] })) }));
              const area = document.querySelector('[data-chart=network] .chart-area');
              const legend = document.createElement('ul');
              const chart = new LineChart(spec, area, legend, () => {});
              const data = new ChartData(spec);
              const draw = () => {
                chart.draw(data, { from: 0, to: 5000 }, { gaps: [], events: [] });
                return [...legend.querySelectorAll('.legend-label')].map((label) => label.textContent).join(' ');
              };
              data.replace(answers((i) => 10 + i), 3000, new Map());
              const told = [draw()];
              data.append({ readings: () => [{ labels: { interface: 'eth0' }, value: 1000 }] }, 4000);
              told.push(draw());
              data.replace(answers((i) => 20 - i), 3000, new Map());
              told.push(draw());
              chart.destroy();
              return told;
            }
            """);
    var highest = "eth3 in eth3 out eth4 in eth4 out eth5 in eth5 out eth6 in eth6 out eth7 in";
    assertThat(told)
        .isEqualTo(
            List.of(
                highest + " eth7 out eth8 in eth8 out",
                highest + " eth7 out eth8 in eth8 out",
                "eth0 in eth0 out eth1 in eth1 out eth2 in eth2 out eth3 in eth3 out"
                    + " eth4 in eth4 out eth5 in eth5 out"));
    page.context().close();
  }

  @Test
  void thePageIsWholeAndAccessibleInBothThemesAtThreeWidths() {
    for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : new int[] {1440, 820, 360}) {
        var page =
            browser.open(standalone.url() + "/#/machines/first?range=15m", width, 900, scheme);
        awaitPoints(page, "cpu");
        for (var chart : List.of("cpu-modes", "cores", "memory-bytes", "disk-busy", "disk")) {
          card(page, chart).scrollIntoViewIfNeeded();
          awaitPoints(page, chart);
        }
        assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
            .as("width at %d", width)
            .isLessThanOrEqualTo(width);
        assertThat(page.locator(".facts").innerText()).contains("Cores", "Memory", "Running for");
        if (width != 820) {
          Accessibility.check(page, "machine page, %s, %d".formatted(scheme, width));
        }
        screenshot(
            page, "machine-page-%s-%d".formatted(scheme.name().toLowerCase(Locale.ROOT), width));
        page.context().close();
      }
    }
    assertThat(browser.complaints()).isEmpty();
  }
}
