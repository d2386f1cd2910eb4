package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.gateway.helidon.internal.live.GoneMachines;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.Readiness;
import io.sysmonstm.spi.RuleReplay;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.HealthCalls;
import io.sysmonstm.web.helidon.internal.http.Problem;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * All calls of the REST API.
 *
 * @param state current state
 * @param gone has machines forgotten
 * @param history history
 * @param alerts alerts and rules
 * @param replay says what a rule would have done, where the gateway was given one
 * @param publisher where changes of alerts are told
 * @param clock the clock
 * @param metrics what this process counts of itself
 * @param readiness how this process is
 * @param notes what it tells of beside that, and what does not count
 * @param access who may come in
 * @param executor where stores are asked
 */
public record Api(
    CurrentState state,
    GoneMachines gone,
    HistoryStore history,
    AlertStore alerts,
    Optional<RuleReplay> replay,
    EventPublisher publisher,
    InstantSource clock,
    SelfMetrics metrics,
    Supplier<Readiness> readiness,
    Supplier<Map<String, Health>> notes,
    AccessApi access,
    ExecutorService executor) {
  /** The order in which readiness tells of the parts. */
  private static final List<String> PARTS =
      List.of("gateway", "aggregator", "current_state", "history", "events");

  private static final int ALERT_CALLS_AT_ONCE = 16;
  private static final Duration QUEUE = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** {@return the routes of all calls} */
  public List<Route> routes() {
    var alertCalls =
        new StoreCalls("the store of alerts", ALERT_CALLS_AT_ONCE, QUEUE, PATIENCE, executor);
    var throttle = access.throttle();
    return Stream.of(
            new HealthCalls(PARTS, readiness, notes, access.access(), executor).routes(),
            new Exposition(state, metrics).routes(),
            new MachineCalls(state, gone).routes(),
            throttle.of(new HistoryCall(history, clock, executor).routes()),
            new AlertCalls(alerts, alertCalls, publisher, clock, state::tags).routes(),
            new SilenceCalls(alerts, alertCalls, publisher, clock, state::tags, metrics).routes(),
            new AuditCalls(alerts, alertCalls).routes(),
            throttle.of(new ReplayCall(replay, clock, executor).routes()),
            new RuleCalls(alerts, alertCalls).routes(),
            access.routes(),
            List.of(
                Route.of(Right.READ, "GET", "/api/v1/openapi.json", call -> openApi()),
                Route.of(Right.READ, "GET", "/ws", call -> Problem.upgradeRequired())))
        .flatMap(List::stream)
        .toList();
  }

  private static Answer openApi() {
    var name = "/io/sysmonstm/gateway/helidon/openapi.json";
    try (var in = Objects.requireNonNull(Api.class.getResourceAsStream(name), name)) {
      return Answer.of(200, "application/json", in.readAllBytes())
          .with("Cache-Control", "no-cache");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
