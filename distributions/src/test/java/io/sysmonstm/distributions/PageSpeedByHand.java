package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.Browser.byTestId;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.sysmonstm.load.MachineProfile;
import io.sysmonstm.load.MixedFleet;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How fast the dashboard is, with 500 machines that report every five seconds. */
class PageSpeedByHand {
  private static final int MACHINES = 500;
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final double FIRST_CONTENT_MILLIS = 1_000;
  // Frames come every 16.7 ms where none is missed.
  private static final double MOST_FRAME_MILLIS = 17.5;

  @TempDir private static Path directory;
  private static RunningImage standalone;
  private static MixedFleet fleet;
  private static Browser browser;

  @BeforeAll
  static void start() {
    standalone =
        RunningImage.standalone(directory.resolve("data"), "--collector.machine-id", "own");
    fleet =
        new MixedFleet(
                standalone.grpcPort(), MachineProfile.likely(MACHINES), Duration.ofSeconds(5))
            .start();
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    fleet.close();
    standalone.close();
  }

  @Test
  void fiveHundredMachinesAreShownSoonAndStaySmooth() {
    // The first visit warms the server up.
    var warm = browser.open(standalone.url());
    Eventually.until("all are there", LONG, () -> shown(warm) == MACHINES + 1);
    warm.context().close();

    var page = browser.open(standalone.url());
    byTestId(page, "machine-row").first().waitFor();
    Eventually.until("all have rows", LONG, () -> shown(page) == MACHINES + 1);
    double first =
        number(page, "performance.getEntriesByName('first-contentful-paint')[0].startTime");
    var frames = (List<?>) page.evaluate(FRAMES);
    System.out.printf(
        "first content %.0f ms; %s frames, median %.1f ms, p95 %.1f ms%n",
        first, frames.get(0), number(frames.get(1)), number(frames.get(2)));

    assertThat(first).as("first content in ms").isLessThan(FIRST_CONTENT_MILLIS);
    assertThat(number(frames.get(1))).as("median frame in ms").isLessThan(MOST_FRAME_MILLIS);
    page.context().close();
  }

  private static final String FRAMES =
      """
      () => new Promise((resolve) => {
        const deltas = [];
        const begun = performance.now();
        let last = begun;
        const frame = () => {
          const time = performance.now();
          deltas.push(time - last);
          last = time;
          if (time - begun < 6000) return requestAnimationFrame(frame);
          deltas.sort((a, b) => a - b);
          resolve([deltas.length, deltas[deltas.length >> 1], deltas[Math.floor(deltas.length * 0.95)]]);
        };
        requestAnimationFrame(frame);
      })
      """;

  private static int shown(Page page) {
    return byTestId(page, "machine-row").count();
  }

  private static double number(Page page, String expression) {
    return number(page.evaluate(expression));
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }
}
