package io.sysmonstm.alerts.engine;

import io.sysmonstm.alerts.engine.internal.Bounds;
import io.sysmonstm.alerts.engine.internal.Delivery;
import io.sysmonstm.alerts.engine.internal.Retry;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.EventSubscriber;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/** Collects the parts of an {@link AlertEngine}. Confined to one thread. */
public final class AlertEngineBuilder {
  final EventSubscriber subscriber;
  final EventPublisher publisher;
  final AlertStore store;
  final ExecutorService executor;
  final Map<String, Notifier> notifiers = new LinkedHashMap<>();
  RuleSource source = RuleSource.of(List.of());
  TimeSource time = TimeSource.system();
  SelfMetrics metrics = new SelfMetrics();
  Bounds bounds = new Bounds(20_000, SeriesRegistry.DEFAULT_MAX_SERIES, 1_000_000);
  Supplier<List<MachineState>> machines = List::of;
  Optional<HistoryStore> history = Optional.empty();
  Delivery delivery = Delivery.usual();
  Retry storeRetry = new Retry(Duration.ofMillis(250), Duration.ofSeconds(5), 5);
  Duration period = Duration.ofSeconds(1);

  AlertEngineBuilder(
      EventSubscriber subscriber,
      EventPublisher publisher,
      AlertStore store,
      ExecutorService executor) {
    this.subscriber = subscriber;
    this.publisher = publisher;
    this.store = store;
    this.executor = executor;
  }

  /**
   * Sets where rules come from; without it there are only those of the API.
   *
   * @param value the source
   * @return this builder
   */
  public AlertEngineBuilder rules(RuleSource value) {
    source = value;
    return this;
  }

  /**
   * Adds a notifier.
   *
   * @param name its name in logs, metrics and readiness, unique
   * @param notifier called by one thread of its own
   * @return this builder
   */
  public AlertEngineBuilder notifier(String name, Notifier notifier) {
    notifiers.put(name, notifier);
    return this;
  }

  /**
   * Sets the clocks.
   *
   * @param value the clocks, by default those of the machine
   * @return this builder
   */
  public AlertEngineBuilder time(TimeSource value) {
    time = value;
    return this;
  }

  /**
   * Sets where the engine counts what it does.
   *
   * @param value the metrics
   * @return this builder
   */
  public AlertEngineBuilder metrics(SelfMetrics value) {
    metrics = value;
    return this;
  }

  /**
   * Sets how much is kept in memory. What is beyond is not evaluated, and counted.
   *
   * @param machines the most machines, 20,000 by default
   * @param ruleStates the most pairs of a rule and a series that it applies to, 1,000,000 by
   *     default
   * @return this builder
   */
  public AlertEngineBuilder limits(int machines, int ruleStates) {
    bounds = new Bounds(machines, SeriesRegistry.DEFAULT_MAX_SERIES, ruleStates);
    return this;
  }

  /**
   * Sets where the engine learns of machines that it does not hear, so that it can miss them: it
   * asks at the start and each minute. Without it, machines that fell silent while no engine heard
   * them are not noticed.
   *
   * @param value the machines with the times they were last seen; may block with a deadline, and
   *     throw where they cannot be read now
   * @return this builder
   */
  public AlertEngineBuilder machines(Supplier<List<MachineState>> value) {
    machines = value;
    return this;
  }

  /**
   * Sets where rules that look back read what was before the engine started, or took a machine
   * over. Without it they begin to gather then.
   *
   * @param value asked off the evaluation path; the caller's
   * @return this builder
   */
  public AlertEngineBuilder history(HistoryStore value) {
    history = Optional.of(value);
    return this;
  }

  /**
   * Sets how long the news of a rule waits for more of the same rule, to be told in one message.
   *
   * @param value 10 s by default; zero for at once
   * @return this builder
   */
  public AlertEngineBuilder groupWait(Duration value) {
    delivery = delivery.withGroupWait(value);
    return this;
  }

  /**
   * Sets after what time people are told again of an alert that fires and that nobody has
   * acknowledged.
   *
   * @param value 4 h by default
   * @return this builder
   */
  public AlertEngineBuilder repeat(Duration value) {
    delivery = delivery.withRepeat(value);
    return this;
  }

  /**
   * Sets how many messages a notifier sends in a minute at the most. The last one tells all that
   * waits.
   *
   * @param value 1 or more, 30 by default
   * @return this builder
   */
  public AlertEngineBuilder maxNotices(int value) {
    delivery = delivery.withNoticesPerMinute(value);
    return this;
  }

  /**
   * Sets how a notification that failed is tried again: after delays that double, with jitter.
   *
   * @param first the delay after the first failure, 1 s by default
   * @param longest the longest delay, 5 min by default
   * @param attempts how often it is tried in all, 400 by default: for a day
   * @return this builder
   */
  public AlertEngineBuilder notificationRetry(Duration first, Duration longest, int attempts) {
    delivery = delivery.withRetry(new Retry(first, longest, attempts));
    return this;
  }

  /**
   * Sets how often periodic steps are done, and how soon a failed store is tried again and what is
   * due is looked for; for tests.
   */
  AlertEngineBuilder pace(Duration steps, Duration storeRetryFirst) {
    period = steps;
    delivery = delivery.withPoll(storeRetryFirst);
    storeRetry = new Retry(storeRetryFirst, storeRetryFirst, 5);
    return this;
  }

  /** {@return the engine, not yet started} */
  public AlertEngine build() {
    return new AlertEngine(this);
  }
}
