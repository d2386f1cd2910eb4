package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.Browser.byTestId;
import static io.sysmonstm.distributions.Browser.machineRow;
import static io.sysmonstm.distributions.Browser.screenshot;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import io.sysmonstm.load.MachineProfile;
import io.sysmonstm.load.MixedFleet;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.transport.grpc.v1.Process;
import io.sysmonstm.transport.grpc.v1.Resource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What machines say of themselves is never more than text on a page, however it is meant. */
class HostileStringsIT {
  private static final String IMAGE = "<img src=x onerror=\"window.hacked=1\">";
  private static final String SCRIPT = "\"'><script>window.hacked=1</script>";
  private static final String LINK = "javascript:window.hacked=1";
  private static final String BACKWARDS = "\u202Egnp.exe\u2066\u200B\u200D\uFEFF";

  private static MachineProfile hostile(String id, String hostname, String text) {
    var resource =
        Resource.newBuilder()
            .setHostname(hostname)
            .setOs(text)
            .setCpuModel(text)
            .setLogicalCpus(2)
            .putTags("site", text)
            .putTags("link", LINK)
            .build();
    var series =
        List.of(
            new MachineProfile.Series("cpu_percent", Map.of(), 50, 5, 60_000),
            new MachineProfile.Series("memory_percent", Map.of(), 97, 0, 60_000),
            new MachineProfile.Series(
                "disk_percent", Map.of("mount", text, "fstype", SCRIPT), 60, 0, 60_000),
            new MachineProfile.Series(
                "network_recv_bytes_sec", Map.of("interface", text), 1e6, 0, 60_000),
            new MachineProfile.Series("app_of_ours", Map.of("which", text), 1, 0, 60_000),
            // Refused, and no more than that.
            new MachineProfile.Series("<b>not a name", Map.of(), 1, 0, 60_000));
    var process =
        Process.newBuilder().setPid(1).setName(text).setUser(SCRIPT).setCpuPercent(99).build();
    return new MachineProfile(id, resource, series, List.of(process));
  }

  @Test
  void nothingThatAMachineSaysRuns(@TempDir Path directory) throws Exception {
    var rules =
        Files.writeString(
            directory.resolve("rules.yaml"),
            """
            rules:
              - name: memory
                metric: memory_percent
                operator: gt
                threshold: 90
                message: '%s %s {{machine}}'
            """
                .formatted(IMAGE, LINK));
    var machines =
        List.of(
            hostile("image", IMAGE, IMAGE),
            hostile("script", SCRIPT, SCRIPT),
            hostile("backwards", BACKWARDS, BACKWARDS),
            hostile("long", "x".repeat(250), "y".repeat(250)),
            hostile("longer", "x".repeat(10_000), "y".repeat(10_000)));
    try (var standalone =
            RunningImage.standalone(
                directory.resolve("data"), "--alerts.rules-file", rules.toString());
        var fleet = new MixedFleet(standalone.grpcPort(), machines, Duration.ofSeconds(1)).start();
        var browser = new Browser()) {
      assertThat(fleet).isNotNull();
      Eventually.until(
          "the alert fires",
          Duration.ofSeconds(60),
          () -> standalone.get("/api/v1/alerts?state=firing").contains("\"image\""));
      for (int width : new int[] {1440, 390}) {
        for (var path :
            List.of(
                "/",
                "/#/?view=cards&columns=cpu,memory,disk,process",
                "/#/machines/image",
                "/#/machines/script",
                "/#/machines/backwards",
                "/#/machines/long",
                "/#/alerts",
                "/#/machines/%3Cimg%20src=x%20onerror=window.hacked=1%3E",
                "/#/?q=%3Cimg%20src=x%20onerror=window.hacked=1%3E&tag=" + LINK)) {
          var page = browser.open(standalone.url() + path, width, 900, ColorScheme.LIGHT);
          page.onDialog(dialog -> assertThat(dialog.message()).as("a dialog on %s", path).isNull());
          byTestId(page, "connection").and(page.locator("[data-state=live]")).waitFor();
          page.locator("#content > .page").waitFor();
          if (path.matches("/#/machines/[a-z]+")) {
            byTestId(page, "chart-card").first().waitFor();
            page.locator(".gap-list li").first().waitFor();
          }
          if (path.equals("/")) {
            var image = machineRow(page, "image");
            image.waitFor();
            assertThat(image.innerText()).contains(IMAGE);
            byTestId(page, "alert").first().waitFor();
          }
          assertThat(page.evaluate("window.hacked ?? null")).as(path).isNull();
          assertThat(page.locator("#content img, #content script").count()).as(path).isZero();
          assertThat(page.locator("a[href^='javascript']").count()).as(path).isZero();
          assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
              .as("width of %s at %d", path, width)
              .isLessThanOrEqualTo(width);
          screenshot(page, "hostile-" + width + "-" + path.replaceAll("[^a-z]+", "-"));
          page.context().close();
        }
      }
      // The server refuses a name that no machine can have, which the browser notes.
      assertThat(browser.complaints())
          .allMatch(complaint -> complaint.contains("400 (Bad Request)"));
    }
  }
}
