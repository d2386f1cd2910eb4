package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.Aggregation;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.Names;
import io.sysmonstm.gateway.helidon.internal.json.ApiJson;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.json.ValueWriter;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Parameters;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/** {@code /api/v1/history} */
final class HistoryCall {
  private static final int MAX_POINTS = 50_000;
  private static final int DEFAULT_POINTS = 1_000;
  private static final int MAX_MACHINES = 1_000;
  private static final Duration DEFAULT_SPAN = Duration.ofHours(1);
  private static final Duration LEAST_STEP = Duration.ofSeconds(1);
  private static final int AT_ONCE = 4;
  private static final Duration QUEUE = Duration.ofSeconds(5);
  // A little more than a store takes for the widest of questions.
  private static final Duration PATIENCE = Duration.ofSeconds(12);
  private static final Set<String> PARAMETERS =
      Set.of("machine", "metric", "label.*", "from", "to", "max_points", "step", "aggregate");

  private final HistoryStore store;
  private final InstantSource clock;
  // Wide questions are heavy; more of them at once would only slow each other, and ingest, down.
  private final StoreCalls calls;

  HistoryCall(HistoryStore store, InstantSource clock, ExecutorService executor) {
    this.store = store;
    this.clock = clock;
    this.calls = new StoreCalls("history", AT_ONCE, QUEUE, PATIENCE, executor);
  }

  List<Route> routes() {
    return List.of(new Route(Right.READ, "GET", "/api/v1/history", PARAMETERS, this::answer));
  }

  private Answer answer(Call call) {
    var query = read(new Parameters(call.query()), clock.instant());
    var result = calls.ask(() -> store.query(query));
    return Answer.json(json -> ApiJson.history(json, result));
  }

  private static HistoryQuery read(Parameters parameters, Instant now) {
    var metric = metric(parameters);
    var to = parameters.time("to", now).orElse(now);
    var from = parameters.time("from", now).orElse(to.minus(DEFAULT_SPAN));
    if (!from.isBefore(to)) {
      parameters.problem(
          "from", ValueWriter.time(from), "a time before 'to', " + ValueWriter.time(to));
    }
    var query =
        HistoryQuery.builder(metric, from, to)
            .machines(machines(parameters))
            .labels(parameters.startingWith("label."))
            .maxPoints(parameters.number("max_points", 1, MAX_POINTS).orElse(DEFAULT_POINTS))
            .aggregation(
                parameters
                    .oneOf("aggregate", Aggregation.values(), HistoryCall::text)
                    .orElse(Aggregation.AVG));
    step(parameters, Duration.between(from, to), query);
    parameters.check();
    return query.build();
  }

  private static String metric(Parameters parameters) {
    var metric = parameters.one("metric");
    if (metric.isEmpty()) {
      parameters.missing("metric", "the name of a metric such as cpu_percent");
    } else {
      Names.metricProblem(metric.get())
          .ifPresent(problem -> parameters.problem("metric", metric.get(), "a metric name"));
    }
    return metric.orElse("");
  }

  private static List<String> machines(Parameters parameters) {
    var machines = parameters.all("machine").stream().distinct().toList();
    if (machines.contains("*")) {
      return List.of();
    }
    if (machines.size() > MAX_MACHINES) {
      parameters.problem(
          "machine", machines.size() + " values", "at most %d, or *".formatted(MAX_MACHINES));
    }
    for (var machine : machines) {
      if (Names.machineIdProblem(machine).isPresent()) {
        parameters.problem("machine", machine, "1 to 64 of A-Z a-z 0-9 . _ -, or *");
      }
    }
    return machines;
  }

  private static void step(Parameters parameters, Duration span, HistoryQuery.Builder query) {
    parameters
        .one("step", "a duration of 1s or more, such as 30s", HistoryCall::step)
        .ifPresent(
            step -> {
              if (span.dividedBy(step) > MAX_POINTS) {
                parameters.problem(
                    "step",
                    step.toString(),
                    "at least %ds for this span"
                        .formatted(span.dividedBy(MAX_POINTS).toSeconds() + 1));
              }
              query.step(step);
            });
  }

  private static Optional<Duration> step(String text) {
    return Parameters.duration(text).filter(step -> step.compareTo(LEAST_STEP) >= 0);
  }

  private static String text(Aggregation aggregation) {
    return aggregation.name().toLowerCase(Locale.ROOT);
  }
}
