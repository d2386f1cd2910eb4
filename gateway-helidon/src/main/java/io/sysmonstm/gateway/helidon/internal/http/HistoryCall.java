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
import io.sysmonstm.web.helidon.internal.http.Gzip;
import io.sysmonstm.web.helidon.internal.http.Parameters;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;

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
      Set.of(
          "machine",
          "metric",
          "label.*",
          "from",
          "to",
          "max_points",
          "step",
          "aggregate",
          "format");
  private static final DateTimeFormatter FILE_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private enum Format {
    JSON,
    CSV,
    CSV_LONG
  }

  private final HistoryStore store;
  private final InstantSource clock;
  // Wide questions are heavy; more of them at once would only slow each other, and ingest, down.
  private final StoreCalls calls;
  private final SharedAnswers shared;

  HistoryCall(HistoryStore store, InstantSource clock, ExecutorService executor) {
    this.store = store;
    this.clock = clock;
    this.calls = new StoreCalls("history", AT_ONCE, QUEUE, PATIENCE, executor);
    this.shared = new SharedAnswers(clock);
  }

  List<Route> routes() {
    return List.of(new Route(Right.READ, "GET", "/api/v1/history", PARAMETERS, this::answer));
  }

  private Answer answer(Call call) {
    var parameters = new Parameters(call.query());
    var format = parameters.oneOf("format", Format.values(), HistoryCall::text).orElse(Format.JSON);
    var aggregations = aggregations(parameters);
    if (format != Format.JSON && aggregations.size() > 1) {
      parameters.problem(
          "aggregate",
          String.join(",", aggregations.stream().map(HistoryCall::text).toList()),
          "one of them, since a CSV has one value in each cell");
    }
    var query = read(parameters, aggregations.getFirst(), clock.instant());
    Supplier<Answer> maker = () -> Gzip.compress(call, find(query, aggregations, format));
    // What all pages ask at the same moments: the last minutes of the whole fleet.
    return query.machines().isEmpty() && query.step().isPresent()
        ? shared.get(call.query() + ' ' + Gzip.isAccepted(call), maker)
        : maker.get();
  }

  private Answer find(HistoryQuery query, List<Aggregation> aggregations, Format format) {
    var found = calls.ask(() -> HistoryColumns.read(store, query, aggregations));
    return switch (format) {
      case JSON -> Answer.json(json -> ApiJson.history(json, found));
      case CSV -> csv(query, HistoryCsv.wideOrLong(found.result()));
      case CSV_LONG -> csv(query, HistoryCsv.longForm(found.result()));
    };
  }

  private static Answer csv(HistoryQuery query, byte[] content) {
    // Of characters that no file system minds: names of metrics and ids of machines have no others.
    var machine = query.machines().size() == 1 ? query.machines().getFirst() : "machines";
    var name = "%s-%s-%s.csv".formatted(query.metric(), machine, FILE_TIME.format(query.from()));
    return Answer.of(200, "text/csv; charset=utf-8", content)
        .with("Content-Disposition", "attachment; filename=\"" + name + '"')
        .with("Cache-Control", "no-store");
  }

  private static List<Aggregation> aggregations(Parameters parameters) {
    var names = Stream.of(Aggregation.values()).map(HistoryCall::text).toList();
    return parameters
        .one(
            "aggregate",
            "one of %s, or several with commas between them".formatted(String.join(", ", names)),
            text -> {
              var parts = List.of(text.split(",", -1));
              return names.containsAll(parts) && Set.copyOf(parts).size() == parts.size()
                  ? Optional.of(parts.stream().map(HistoryCall::aggregation).toList())
                  : Optional.<List<Aggregation>>empty();
            })
        .orElse(List.of(Aggregation.AVG));
  }

  private static Aggregation aggregation(String text) {
    return Aggregation.valueOf(text.toUpperCase(Locale.ROOT));
  }

  private static HistoryQuery read(Parameters parameters, Aggregation aggregation, Instant now) {
    var metric = metric(parameters);
    var to = parameters.time("to", now).orElse(now);
    var from = parameters.time("from", now).orElse(to.minus(DEFAULT_SPAN));
    if (!from.isBefore(to)) {
      parameters.problem(
          "from", ValueWriter.time(from), "a time before 'to', " + ValueWriter.time(to));
    }
    var labels = parameters.startingWith("label.");
    labels.forEach(
        (name, value) -> {
          // No series has it, and a database may refuse to be asked for it.
          if (name.indexOf('\0') >= 0 || value.indexOf('\0') >= 0) {
            parameters.problem("label." + name, value, "a text without the character 0");
          }
        });
    var query =
        HistoryQuery.builder(metric, from, to)
            .machines(machines(parameters))
            .labels(labels)
            .maxPoints(parameters.number("max_points", 1, MAX_POINTS).orElse(DEFAULT_POINTS))
            .aggregation(aggregation);
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

  static String text(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }
}
