package io.sysmonstm.distributions;

import static io.sysmonstm.distributions.Browser.byTestId;
import static io.sysmonstm.distributions.Browser.machineRow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.WebSocket;
import com.microsoft.playwright.WebSocketRoute;
import io.sysmonstm.testkit.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page as such: what it weighs, what it keeps to itself, and what it does when the server is
 * not as it should be.
 */
class PageIT {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final double MOST_BYTES = 300 * 1024;

  @TempDir private static Path directory;
  private static RunningImage standalone;
  private static Browser browser;

  @BeforeAll
  static void start() throws IOException {
    standalone =
        RunningImage.standalone(
            directory.resolve("data"),
            "--collector.machine-id",
            "own",
            "--collector.collection-interval",
            "1s",
            // What this machine itself does, or how full its disk is, fires nothing.
            "--alerts.rules-file",
            Files.writeString(directory.resolve("rules.yaml"), "rules: []\n").toString());
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    standalone.close();
  }

  private static Page open() {
    var page = browser.open(standalone.url());
    machineRow(page, "own").waitFor();
    return page;
  }

  @Test
  void theFirstViewWithAMachineAndItsChartsIsLight() {
    var page = open();
    machineRow(page, "own").locator(".machine-link").click();
    page.locator("[data-testid=chart-card][data-chart=cpu]").waitFor();
    double bytes =
        number(
            page,
            """
            performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
              .filter((entry) => !new URL(entry.name).pathname.match(/^\\/(api|ready)/))
              .reduce((sum, entry) => sum + entry.transferSize, 0)""");
    System.out.printf("page weight with the machine page %.0f bytes%n", bytes);

    assertThat(bytes).as("bytes of the first view").isBetween(20_000.0, MOST_BYTES);
    assertThat(page.evaluate(FOREIGN)).as("what came from elsewhere").isEqualTo(List.of());
    page.context().close();
  }

  private static final String FOREIGN =
      """
      performance.getEntriesByType('resource').map((entry) => entry.name)
        .filter((name) => new URL(name).origin !== location.origin)""";

  @Test
  void everyAnswerKeepsThePageToItself() throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      for (var path : List.of("/", "/js/main.js", "/api/v1/machines", "/nowhere")) {
        var request = HttpRequest.newBuilder(URI.create(standalone.url() + path)).build();
        var headers = client.send(request, BodyHandlers.discarding()).headers().map();
        assertThat(headers)
            .as(path)
            .containsEntry(
                "content-security-policy",
                List.of(
                    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"))
            .containsEntry("x-content-type-options", List.of("nosniff"))
            .containsEntry("referrer-policy", List.of("no-referrer"))
            .containsEntry("cross-origin-opener-policy", List.of("same-origin"))
            .containsEntry("cross-origin-resource-policy", List.of("same-origin"))
            .containsKey("permissions-policy");
      }
    }
  }

  @Test
  void aPageWhoseCodeDoesNotComeSaysSoAndCanBeLoadedAgain() {
    var page = open();
    page.route("**/js/rules.js", Route::abort);
    page.locator("#sections a[href='#/rules']").click();
    byTestId(page, "unloaded").waitFor();

    page.unroute("**/js/rules.js");
    byTestId(page, "unloaded").locator("button").click();
    byTestId(page, "rules-page").waitFor();
    page.context().close();
  }

  @Test
  void theBreadcrumbStaysWhileItSaysTheSame() {
    var page = browser.open(standalone.url() + "/#/machines/own");
    page.locator("#breadcrumb a").waitFor();
    page.locator("[data-testid=chart-card][data-chart=cpu]").waitFor();
    page.locator("#breadcrumb a").focus();
    page.evaluate(
        """
        async () => {
          const { FleetStore } = await import('./js/store.js');
          const { emit } = FleetStore.prototype;
          window.changes = 0;
          FleetStore.prototype.emit = function (topic, payload) {
            if (topic === 'sample') for (const one of ['alerts', 'machines']) emit.call(this, one);
            window.changes++;
            return emit.call(this, topic, payload);
          };
        }""");
    Eventually.until("there were changes", LONG, () -> number(page, "window.changes") > 4);
    assertThat(page.evaluate("document.activeElement.textContent")).isEqualTo("Machines");
    page.context().close();
  }

  @Test
  void whatFiresWhileTheListOfAlertsIsOnItsWayIsNotLost() throws Exception {
    var page = browser.open("about:blank");
    var held = new AtomicReference<Route>();
    var before = new AtomicReference<APIResponse>();
    page.route(
        "**/api/v1/alerts?state=firing*",
        route -> {
          if (held.compareAndSet(null, route)) {
            before.set(route.fetch());
          } else {
            route.resume();
          }
        });
    page.navigate(standalone.url());
    Eventually.until("the list is asked for", LONG, () -> poll(page) && before.get() != null);
    put(
        "/api/v1/rules/fires-at-once",
        "{\"metric\":\"memory_percent\",\"operator\":\"gt\",\"threshold\":0.001,\"severity\":\"info\"}");
    Eventually.until("a frame tells of it", LONG, () -> firing(page).equals("1"));

    held.get().fulfill(new Route.FulfillOptions().setResponse(before.get()));
    byTestId(page, "firing-alerts").getByText("fires-at-once").first().waitFor();
    page.waitForFunction("document.querySelector('.fleet').dataset.settled === 'true'");
    assertThat(firing(page)).isEqualTo("1");
    page.context().close();
  }

  @Test
  void anAnswerThatALaterOneHasOvertakenIsNotBelieved() {
    var page = open();
    var known =
        page.evaluate(
            """
            async () => {
              const { FleetStore } = await import('./js/store.js');
              const store = new FleetStore();
              const answers = [];
              const ask = () => new Promise((answer) => answers.push(answer));
              const asked = [store.loadOpenAlerts(ask), store.loadOpenAlerts(ask)];
              answers[1]([{ id: 'fires', state: 'firing' }]);
              await asked[1];
              answers[0]([]);
              await asked[0];
              asked.push(store.loadOpenAlerts(ask));
              const seen = [...store.alerts.keys()];
              answers[2]([]);
              await asked[2];
              return [seen, [...store.alerts.keys()]];
            }""");
    assertThat(known).isEqualTo(List.of(List.of("fires"), List.of()));
    page.context().close();
  }

  @Test
  void alertsThatCannotBeReadAreNotToldAsNoneAndAreAskedForAgain() {
    var page = browser.open("about:blank");
    page.clock().install();
    page.route("**/api/v1/alerts?*", Route::abort);
    page.route("**/api/v1/silences", Route::abort);
    page.navigate(standalone.url());
    var unread = byTestId(page, "firing-alerts").getByText("Alerts cannot be read now");
    unread.waitFor();
    assertThat(page.getByText("No alert is firing.").isVisible()).isFalse();
    page.locator("#sections a[href='#/alerts']").click();
    byTestId(page, "firing-section").getByText("Alerts cannot be read now").waitFor();
    assertThat(page.getByText("Nothing fires.").isVisible()).isFalse();
    page.getByText("Silences cannot be read now").waitFor();
    assertThat(page.getByText("Nothing is silenced.").isVisible()).isFalse();
    page.goBack();
    unread.waitFor();

    page.unroute("**/api/v1/alerts?*");
    page.clock().runFor(Duration.ofSeconds(11).toMillis());
    Eventually.until("they are read", LONG, () -> !unread.isVisible());
    page.context().close();
  }

  @Test
  void aConnectionThatFellSilentIsMadeAnew() {
    var page = browser.open("about:blank");
    var sockets = new CopyOnWriteArrayList<WebSocket>();
    page.onWebSocket(sockets::add);
    page.clock().install();
    page.navigate(standalone.url());
    machineRow(page, "own").waitFor();
    int first = sockets.size();
    keepStates(page);

    page.clock().fastForward(Duration.ofSeconds(70).toMillis());
    Eventually.until("there is another one", LONG, () -> poll(page) && sockets.size() > first);
    page.clock().runFor(3_000);
    assertThat(page.evaluate("window.states")).as("what it said").isEqualTo(List.of("live"));
    page.context().close();
  }

  @Test
  void aConnectionThatStaysSilentWhenMadeAnewIsTold() {
    var page = browser.open("about:blank");
    var connections = new AtomicInteger();
    page.routeWebSocket(
        "**/ws",
        socket -> {
          if (connections.incrementAndGet() == 1) {
            socket.send(snapshot(Instant.now()));
          }
        });
    page.clock().install();
    page.navigate(standalone.url());
    page.locator("#connection[data-state=live]").waitFor();

    page.clock().fastForward(Duration.ofSeconds(70).toMillis());
    Eventually.until("it is doubted", LONG, () -> poll(page) && connections.get() == 2);
    assertThat(page.locator("#connection").getAttribute("data-state")).isEqualTo("live");
    page.clock().fastForward(Duration.ofSeconds(70).toMillis());
    page.locator("#connection[data-state=reconnecting]").waitFor();
    page.setViewportSize(360, 700);
    assertThat(number(page, "document.documentElement.scrollWidth"))
        .as("width of a page that reconnects")
        .isLessThanOrEqualTo(360);
    page.context().close();
  }

  @Test
  void aPageWhoseGatewayIsAwaySaysSoThroughAReconnectAndKnowsTheTime() {
    var page = browser.open("about:blank");
    var sockets = new CopyOnWriteArrayList<WebSocketRoute>();
    page.routeWebSocket("**/ws", sockets::add);
    page.route("**/health", PageIT::answerAsAnEdge);
    page.navigate(standalone.url());
    var serverTime = Instant.now().plus(Duration.ofHours(2));
    Eventually.until("it connects", LONG, () -> poll(page) && sockets.size() == 1);
    sockets.getFirst().send(snapshot(serverTime.minus(Duration.ofDays(1))));
    sockets.getFirst().send(away(serverTime));
    page.locator("#connection[data-state=away]").waitFor();
    assertThat(number(page, "import('./js/clock.js').then(({ now }) => now() - Date.now())"))
        .isCloseTo((double) Duration.ofHours(2).toMillis(), within(10_000.0));

    keepStates(page);
    sockets.getFirst().close();
    Eventually.until("it connects again", LONG, () -> poll(page) && sockets.size() == 2);
    sockets.getLast().send(snapshot(serverTime));
    page.locator("#connection[data-state=away]").waitFor();
    sockets.getLast().send(away(serverTime));
    page.waitForTimeout(1_200);
    assertThat(page.evaluate("window.states")).isEqualTo(List.of("away", "reconnecting", "away"));

    sockets.getLast().send(snapshot(serverTime));
    page.locator("#connection[data-state=live]").waitFor();
    page.context().close();
  }

  @Test
  void withoutHistoryWhatCameWhileTheWindowStoodStillIsShownAfterwards() {
    var page = browser.open("about:blank");
    page.route("**/health", PageIT::answerAsAnEdge);
    page.navigate(standalone.url() + "/#/machines/own");
    var cpu = page.locator("[data-testid=chart-card][data-chart=cpu]");
    Eventually.until("some samples are there", LONG, () -> points(cpu) > 2);
    var box = cpu.locator(".u-over").boundingBox();
    page.mouse().move(box.x + box.width * 0.2, box.y + 40);
    page.mouse().down();
    page.mouse().move(box.x + box.width * 0.8, box.y + 40);
    page.mouse().up();
    page.waitForURL("**from=**");
    int before = points(cpu);

    page.waitForTimeout(5_000);
    byTestId(page, "back-to-live").click();
    Eventually.until(
        "the samples of meanwhile are there",
        Duration.ofSeconds(2),
        () -> points(cpu) >= before + 4);
    page.context().close();
  }

  private static int points(Locator chart) {
    return Integer.parseInt(chart.getAttribute("data-points"));
  }

  private static void answerAsAnEdge(Route route) {
    route.fulfill(new Route.FulfillOptions().setBody("{\"rest\":false}"));
  }

  private static String snapshot(Instant at) {
    return "{\"type\":\"snapshot\",\"timestamp\":\"%s\",\"machines\":[],\"alerts\":[]}"
        .formatted(at);
  }

  private static String away(Instant at) {
    return "{\"type\":\"stale\",\"timestamp\":\"%s\",\"since\":\"%s\"}"
        .formatted(at, at.minusSeconds(60));
  }

  /** Keeps in the page what its connection is said to be, each time that it changes. */
  private static void keepStates(Page page) {
    page.evaluate(
        """
        () => {
          const { dataset } = document.getElementById('connection');
          window.states = [dataset.state];
          new MutationObserver(() => {
            if (window.states.at(-1) !== dataset.state) window.states.push(dataset.state);
          }).observe(document.getElementById('connection'), { attributes: true });
        }""");
  }

  private static String firing(Page page) {
    return byTestId(page, "count-firing").innerText();
  }

  /** Lets what the browser has told be handled, which it is on this thread alone. */
  private static boolean poll(Page page) {
    page.waitForTimeout(20);
    return true;
  }

  private static void put(String path, String json) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(standalone.url() + path))
              .header("Content-Type", "application/json")
              .PUT(BodyPublishers.ofString(json))
              .build();
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isBetween(200, 204);
    }
  }

  private static double number(Page page, String expression) {
    return ((Number) page.evaluate(expression)).doubleValue();
  }
}
