package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.Browser.byTestId;
import static io.sysmonstm.distributions.Browser.machineRow;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows this machine's metrics from its sensors through the built image to a page in real
 * Chromium.
 */
class SensorToBrowserIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private static Path directory;
  private static RunningImage standalone;
  private static Browser browser;

  @BeforeAll
  static void start() {
    standalone =
        RunningImage.standalone(
            directory.resolve("standalone"),
            "--collector.collection-interval",
            "1s",
            "--collector.machine-id",
            "first",
            "--collector.tags",
            "room=lab");
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    standalone.close();
  }

  @Test
  void theFleetPageShowsThisMachineAndUpdatesItLive() {
    var page = browser.open(standalone.url());
    var row = machineRow(page, "first");
    row.waitFor();

    assertThat(row.getAttribute("data-status")).isEqualTo("up");
    var memory = row.locator("[data-metric=memory_percent] .meter-number").innerText();
    assertThat(memory).matches("\\d+(\\.\\d)?\\s?%?");
    var cpu = row.locator("[data-metric=cpu_percent] .meter-number");
    var before = cpu.innerText();
    Eventually.until("the CPU's number changes", LONG, () -> !cpu.innerText().equals(before));
    assertThat(byTestId(page, "connection").getAttribute("data-state")).isEqualTo("live");
    page.context().close();
  }

  @Test
  void theMachinePageHasHistoryBehindItsChartsAndMovesThem() {
    var page = browser.open(standalone.url() + "/#/machines/first");
    var chart = page.locator("[data-testid=chart-card][data-chart=cpu]");
    chart.waitFor();
    Eventually.until("the chart has points", () -> number(chart.getAttribute("data-points")) > 1);
    long last = number(chart.getAttribute("data-last"));

    Eventually.until(
        "the chart moves by three cycles",
        () -> number(chart.getAttribute("data-last")) >= last + 3_000);

    assertThat(page.locator("[data-testid=core]").count())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(page.locator("[data-testid=disks-row]").count()).isPositive();
    page.locator("[data-testid=processes-row]").first().waitFor();
    page.context().close();
  }

  @Test
  void aSecondCollectorAppearsWithoutAReloadAndTurnsStaleAndDownWhenKilled() {
    var page = browser.open(standalone.url());
    machineRow(page, "first").waitFor();
    page.evaluate("window.neverReloaded = true");
    var collector = RunningImage.collector(directory.resolve("second"), standalone, "second");
    try (collector) {
      var row = machineRow(page, "second");
      row.waitFor();
      Eventually.until("it is up", () -> "up".equals(row.getAttribute("data-status")));

      collector.kill();

      Eventually.until("it is stale", LONG, () -> "stale".equals(row.getAttribute("data-status")));
      Eventually.until("it is down", LONG, () -> "down".equals(row.getAttribute("data-status")));
      assertThat(page.evaluate("window.neverReloaded")).isEqualTo(true);
      assertThat(standalone.get("/api/v1/machines/second")).contains("\"status\":\"down\"");

      var other = browser.open(standalone.url() + "/#/machines/second");
      var remove = byTestId(other, "forget-machine");
      remove.click();
      assertThat(remove.innerText()).isEqualTo("Really remove?");
      remove.click();
      machineRow(other, "first").waitFor();
      assertThat(machineRow(other, "second").count()).isZero();
      Eventually.until("it is gone from the open page too", () -> row.count() == 0);
      other.context().close();
    }
    page.context().close();
    assertThat(browser.complaints()).isEmpty();
  }

  private static long number(String attribute) {
    return attribute == null || attribute.isEmpty() ? 0 : Long.parseLong(attribute);
  }
}
