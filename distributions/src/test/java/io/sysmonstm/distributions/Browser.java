package io.sysmonstm.distributions;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Real Chromium, headless, and what it complains of. */
final class Browser implements AutoCloseable {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final boolean TAKES_SCREENSHOTS =
      Boolean.parseBoolean(System.getenv("SYSMONSTM_TEST_SCREENSHOTS"));
  private static final List<String> ARGUMENTS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final Playwright playwright =
      Playwright.create(
          new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
  private final com.microsoft.playwright.Browser chromium;
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  /** Starts it, perhaps with further arguments. */
  Browser(String... more) {
    var arguments = new ArrayList<>(ARGUMENTS);
    arguments.addAll(List.of(more));
    chromium =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions().setExecutablePath(executable()).setArgs(arguments));
  }

  private static Path executable() {
    return Optional.ofNullable(System.getenv("SYSMONSTM_TEST_CHROMIUM")).map(Path::of).stream()
        .flatMap(Stream::of)
        .findFirst()
        .or(
            () ->
                Stream.of(
                        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                    .map(Path::of)
                    .filter(Files::isExecutable)
                    .findFirst())
        .orElseThrow(
            () ->
                new AssertionError(
                    "no Chromium: install it, or set SYSMONSTM_TEST_CHROMIUM; ./verify does both"));
  }

  Page open(String url) {
    return open(url, 1440, 900, ColorScheme.LIGHT);
  }

  Page open(String url, int width, int height, ColorScheme scheme) {
    return open(url, options(width, height).setColorScheme(scheme));
  }

  /** Opens a page as a phone does, which is used with fingers. */
  Page openOnPhone(String url) {
    return open(url, options(390, 844).setHasTouch(true).setIsMobile(true));
  }

  private static NewContextOptions options(int width, int height) {
    return new NewContextOptions().setViewportSize(width, height);
  }

  private Page open(String url, NewContextOptions options) {
    BrowserContext context = chromium.newContext(options);
    var page = context.newPage();
    page.onConsoleMessage(this::note);
    page.onPageError(error -> complaints.add("error: " + error));
    page.navigate(url);
    return page;
  }

  private void note(ConsoleMessage message) {
    if (message.type().equals("error") || message.text().contains("Content Security Policy")) {
      complaints.add(message.type() + ": " + message.text());
    }
  }

  /** Returns the script errors, failed requests and policy violations of all pages so far. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  static Locator byTestId(Page page, String id) {
    return page.locator("[data-testid=" + id + "]");
  }

  static Locator machineRow(Page page, String machineId) {
    return page.locator("[data-testid=machine-row][data-machine='" + machineId + "']");
  }

  /**
   * Takes a picture of a whole page, where {@code SYSMONSTM_TEST_SCREENSHOTS} is {@code true}: to
   * paint all of it costs more than most of what a test does with it.
   */
  static void screenshot(Page page, String name) {
    if (TAKES_SCREENSHOTS) {
      var file = SCREENSHOTS.resolve(name + ".png");
      page.screenshot(new Page.ScreenshotOptions().setPath(file).setFullPage(true));
    }
  }

  @Override
  public void close() {
    playwright.close();
  }
}
