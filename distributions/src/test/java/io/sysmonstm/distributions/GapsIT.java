package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.Browser.byTestId;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gap in a machine's charts says why it is there. */
class GapsIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration CYCLE = Duration.ofSeconds(5);
  private static final Duration QUARTER = Duration.ofMinutes(15);

  @TempDir private static Path directory;
  private static RunningImage standalone;
  private static Browser browser;

  @BeforeAll
  static void start() {
    standalone =
        RunningImage.standalone(directory.resolve("standalone"), "--collector.machine-id", "first");
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    standalone.close();
  }

  @Test
  void stoppedForAwhileAsAsleepingMachineIsItComesBackByItselfAndTheGapSaysSo() throws Exception {
    try (var collector =
        RunningImage.role(
            "collector",
            directory.resolve("slept"),
            Map.of(
                "COLLECTOR_MACHINE_ID", "slept",
                "COLLECTOR_COLLECTION_INTERVAL", "1s",
                "COLLECTOR_AGGREGATOR_URL", "localhost:" + standalone.grpcPort()))) {
      Eventually.until("it delivers", LONG, () -> points("slept") > 5);
      collector.signal("STOP");
      try {
        FaultRig.pass(Duration.ofSeconds(20));
      } finally {
        collector.signal("CONT");
      }
      int before = points("slept");
      Eventually.until(
          "it delivers again", Duration.ofSeconds(15), () -> points("slept") > before + 3);
      var page = browser.open(standalone.url() + "/#/machines/slept?range=15m");
      awaitCauses(page, List.of("absent"));
      assertThat(byTestId(page, "gap").innerText()).contains("(2", "or the machine slept");
      page.context().close();
    }
  }

  @Test
  void whatWasOffWhatWasDroppedAndWhatNobodyCollectedAreToldApart() {
    var from = Instant.now().minus(Duration.ofMinutes(160));
    var boot = from.minus(Duration.ofHours(9));
    var reboot = from.plus(Duration.ofMinutes(80));
    try (var spool = new WrittenSpool(directory.resolve("gaps/spool"), "gaps", from)) {
      // It had no connection all the time; what it collected for a quarter of an hour did not fit.
      var depth = new int[1];
      spool
          .cycles(360, CYCLE, (batch, at) -> read(batch, at, boot, depth[0]++, 0))
          .pause(QUARTER)
          .cycles(300, CYCLE, (batch, at) -> read(batch, at, boot, depth[0]++, 0))
          .pause(QUARTER)
          .cycles(240, CYCLE, (batch, at) -> read(batch, at, reboot, depth[0]++, 0))
          .pause(QUARTER)
          .cycles(120, CYCLE, (batch, at) -> read(batch, at, reboot, 180 + depth[0]++, 0))
          .cycles(300, CYCLE, (batch, at) -> read(batch, at, reboot, depth[0]++, 5_400));
    }
    try (var _ = RunningImage.collector(directory.resolve("gaps"), standalone, "gaps")) {
      Eventually.until("all of it is in history", LONG, () -> points("gaps") >= 1_320);
      for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
        var page = browser.open(standalone.url() + "/#/machines/gaps?range=6h", 1440, 900, scheme);
        awaitCauses(page, List.of("absent", "dropped", "off", "absent"));
        assertThat(byTestId(page, "gap").allInnerTexts().get(1))
            // To the bucket of half a minute that the chart has.
            .contains("dropped 5,400 samples")
            .containsPattern("\\(1[45] min\\)");
        assertThat(byTestId(page, "gap").allInnerTexts().get(2)).contains("it booted at");
        Browser.screenshot(page, "gaps-" + scheme.name().toLowerCase(Locale.ROOT));
        page.context().close();
      }
      var page =
          browser.open(standalone.url() + "/#/machines/gaps?range=6h", 360, 900, ColorScheme.LIGHT);
      awaitCauses(page, List.of("absent", "dropped", "off", "absent"));
      assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
          .isLessThanOrEqualTo(360);
      page.context().close();
    }
    assertThat(browser.complaints()).isEmpty();
  }

  /** Waits until the list tells these causes, the newest first. */
  private static void awaitCauses(Page page, List<String> causes) {
    Eventually.until("the gaps are " + causes, LONG, () -> causes(page).equals(causes));
  }

  private static List<String> causes(Page page) {
    return byTestId(page, "gap").all().stream().map(gap -> gap.getAttribute("data-cause")).toList();
  }

  private static void read(BatchBuilder batch, Instant at, Instant boot, int depth, int dropped) {
    double wave = 40 + 25 * Math.sin(at.getEpochSecond() / 400.0);
    batch
        .sample("cpu_percent", wave)
        .sample("memory_percent", 30 + wave / 4)
        .sample("load_avg_1m", wave / 30)
        .sample("boot_time", (double) boot.getEpochSecond())
        .sample("agent_spool_depth", depth)
        .sample("agent_dropped", dropped);
  }

  private static int points(String machine) {
    var answer =
        standalone.get(
            "/api/v1/history?machine=" + machine + "&metric=cpu_percent&from=-6h&max_points=10000");
    return answer.split("],\\[", -1).length;
  }

  @Test
  void theCauseFollowsFromWhatTheCollectorSaysOfItself() {
    var page = browser.open(standalone.url());
    var cases =
        page.evaluate(
            """
            async () => {
              const { explain, gapsOf, gapsOfChart } = await import('./js/gaps.js');
              const range = (from, to) => Array.from({ length: (to - from) / 5 + 1 }, (_, i) => (from + 5 * i) * 1000);
              const times = [...range(0, 100), ...range(400, 500)];
              const line = (valueAt, at = times) => ({ times: at, values: at.map((ms) => valueAt(ms / 1000)), gap: 15000, bucketMs: 0 });
              const steady = line(() => 1);
              const cause = (heartbeat, waiting = 0, until = 500, now = until) =>
                explain(gapsOf([steady], until * 1000), heartbeat, { waiting, now: now * 1000 }).map((gap) => gap.cause).join();
              const waited = line((s) => (s < 400 ? 1 : 60));
              return {
                none: String(gapsOf([line(() => 1, range(0, 500))], 500000).length),
                joined: String(gapsOf([steady, line(() => 1, range(90, 410))], 500000).length),
                absent: cause({ depth: steady }),
                unknown: cause({}),
                off: cause({ depth: steady, boot: line((s) => (s < 400 ? -9000 : 350)) }),
                sameBoot: cause({ depth: steady, boot: line(() => 350) }),
                arriving: cause({ depth: waited }, 50),
                droppedLater: cause({ depth: waited, dropped: line((s) => (s < 450 ? 0 : 90)) }),
                droppedAtOnce: cause({ depth: steady, dropped: line((s) => (s < 400 ? 0 : 90)) }),
                droppedBefore: cause({ depth: steady, dropped: line((s) => (s < 50 ? 0 : 90)) }),
                settling: cause({ depth: waited, dropped: line((s) => (s < 400 ? 90 : 0)) }),
                countedAnew: cause({ depth: waited, dropped: line((s) => (s < 400 ? 90 : 0)) }, 0, 500, 2000),
                droppedAndArriving: cause({ depth: waited, dropped: line((s) => (s < 450 ? 0 : 90)) }, 50),
                silent: cause({ depth: steady }, 0, 600),
                unread: gapsOfChart([steady], [], 500000).map((gap) => gap.cause).join(),
                known: gapsOfChart([steady], [{ from: 101000, to: 399000, cause: 'off' }], 500000).map((gap) => gap.cause).join(),
              };
            }
            """);
    assertThat(cases)
        .isEqualTo(
            Map.ofEntries(
                Map.entry("none", "0"),
                Map.entry("joined", "0"),
                Map.entry("absent", "absent"),
                Map.entry("unknown", "absent"),
                Map.entry("off", "off"),
                Map.entry("sameBoot", "absent"),
                Map.entry("arriving", "arriving"),
                Map.entry("droppedLater", "dropped"),
                Map.entry("droppedAtOnce", "dropped"),
                Map.entry("droppedBefore", "absent"),
                Map.entry("settling", "arriving"),
                Map.entry("countedAnew", "absent"),
                Map.entry("droppedAndArriving", "arriving"),
                Map.entry("silent", "absent,silent"),
                Map.entry("unread", "unread"),
                Map.entry("known", "off")));
    page.context().close();
  }
}
