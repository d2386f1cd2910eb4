package io.sysmonstm.alerts.engine;

import io.sysmonstm.alerts.engine.internal.Backfill;
import io.sysmonstm.alerts.engine.internal.Dispatcher;
import io.sysmonstm.alerts.engine.internal.EngineContext;
import io.sysmonstm.alerts.engine.internal.Evaluator;
import io.sysmonstm.alerts.engine.internal.Outbox;
import io.sysmonstm.alerts.engine.internal.RuleIndex;
import io.sysmonstm.alerts.engine.internal.RuleKeeper;
import io.sysmonstm.alerts.engine.internal.SilenceBook;
import io.sysmonstm.alerts.engine.internal.Takeover;
import io.sysmonstm.alerts.engine.internal.Worker;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Rule;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.EventSubscriber;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.MachineEvent;
import io.sysmonstm.spi.MachineForgotten;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.Readiness;
import io.sysmonstm.spi.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates alert rules on the samples of an event bus, keeps the alerts in a store, and tells the
 * bus and notifiers of each change. Evaluation never waits: stores, buses and notifiers that are
 * slow or down are dealt with behind bounded queues.
 *
 * <p>Thread-safe. {@link #start} and {@link #close} are called once each, and may block for a few
 * seconds.
 */
public final class AlertEngine implements AutoCloseable {
  private static final EventLog LOG = EventLog.of(AlertEngine.class);
  private static final Duration END_PATIENCE = Duration.ofSeconds(4);

  private final EventSubscriber subscriber;
  private final AlertStore store;
  private final RuleSource source;
  private final ExecutorService executor;
  private final Duration period;
  private final List<Dispatcher> dispatchers = new ArrayList<>();
  private final Outbox outbox;
  private final RuleKeeper keeper;
  private final Evaluator evaluator;
  private final Takeover takeover;
  // Taken once for a batch, a tick or new rules. Uncontended but for those moments.
  private final ReentrantLock evaluation = new ReentrantLock();
  private final CountDownLatch ending = new CountDownLatch(1);
  private final List<Worker> loops = new ArrayList<>();
  private final List<Worker> tellers = new ArrayList<>();
  private final List<Worker> carriers = new ArrayList<>();
  private volatile EventSubscriber.@Nullable Subscription subscription;
  private volatile EventSubscriber.@Nullable Subscription machineNews;

  AlertEngine(AlertEngineBuilder builder) {
    subscriber = builder.subscriber;
    store = builder.store;
    source = builder.source;
    executor = builder.executor;
    period = builder.period;
    var context =
        new EngineContext(
            store,
            UUID.randomUUID().toString(),
            new SilenceBook(this::takeover),
            builder.delivery,
            builder.time,
            builder.metrics);
    builder.notifiers.forEach(
        (name, notifier) -> dispatchers.add(new Dispatcher(name, notifier, context)));
    outbox = new Outbox(context, builder.publisher, dispatchers, builder.storeRetry);
    evaluator = new Evaluator(builder.time, builder.metrics, builder.bounds, outbox);
    takeover =
        new Takeover(
            context,
            evaluator,
            evaluation,
            this::owns,
            builder.machines,
            new Backfill(builder.history, builder.time));
    keeper = new RuleKeeper(source::rules, context, this::install);
    builder.metrics.gauge(
        "alerts_rules", "Alert rules in force.", Labels.empty(), () -> keeper.inForce().size());
  }

  /**
   * Starts one.
   *
   * @param subscriber where batches come from
   * @param publisher where changes of alerts go
   * @param store keeps alerts, and the rules of the API
   * @param executor gives each task a virtual thread; the caller's
   * @return a builder
   */
  public static AlertEngineBuilder builder(
      EventSubscriber subscriber,
      EventPublisher publisher,
      AlertStore store,
      ExecutorService executor) {
    return new AlertEngineBuilder(subscriber, publisher, store, executor);
  }

  /**
   * Loads rules and open alerts, and begins to evaluate. A store that is down delays evaluation by
   * 10 s at the most; what it has is loaded when it is back.
   */
  public void start() {
    carriers.add(Worker.start(executor, outbox::run));
    for (var dispatcher : dispatchers) {
      tellers.add(Worker.start(executor, dispatcher::run));
    }
    keeper.refresh();
    subscription = subscriber.share("alerts", Set.of(Topic.METRICS_RAW), this::receive);
    // Not shared: which engine has a machine that says nothing, no bus knows.
    machineNews =
        subscriber.subscribe(
            "alerts-machines", Set.of(Topic.MACHINES_STATUS), this::receiveMachineNews);
    takeover.step();
    loops.add(Worker.start(executor, takeover::run));
    loops.add(Worker.repeat(executor, period, ending, this::tick));
    loops.add(Worker.repeat(executor, period, ending, this::refresh));
  }

  /** {@return the rules in force: those of the source, then those of the API} */
  public List<Rule> rules() {
    return keeper.inForce();
  }

  /**
   * {@return whether rules are in force, and what works: {@code rules}, {@code alert_store}, and
   * {@code notifier_NAME} for each notifier}
   */
  public Readiness readiness() {
    Map<String, Health> parts = new LinkedHashMap<>();
    parts.put("rules", source.health());
    parts.put("alert_store", firstProblem(store.health(), keeper.health(), outbox.health()));
    dispatchers.forEach(
        dispatcher -> parts.put("notifier_" + dispatcher.name(), dispatcher.health()));
    return new Readiness(keeper.isInstalled(), parts);
  }

  private static Health firstProblem(Health... all) {
    return Stream.of(all).filter(health -> !health.isOk()).findFirst().orElse(Health.ok());
  }

  private void receive(Event event) {
    switch (event) {
      case MetricsEvent batch -> takeover.receive(batch);
      case AlertEvent _, MachineEvent _, MachineForgotten _ -> {}
    }
  }

  private void receiveMachineNews(Event event) {
    if (event instanceof MachineForgotten forgotten) {
      takeover.forget(forgotten.machineId(), forgotten.at());
    }
  }

  private boolean owns(String machineId) {
    var present = subscription;
    return present != null && present.owns(machineId);
  }

  private Takeover takeover() {
    return takeover;
  }

  private void install(List<Rule> rules) {
    var index = new RuleIndex(rules);
    evaluation.lock();
    try {
      evaluator.install(index);
    } finally {
      evaluation.unlock();
    }
    takeover.begin();
    LOG.info("alert_rules_in_force", "Alert rules were put in force", "rules", rules.size());
  }

  /** Looks for silent machines; the engine does so each second. */
  void tick() {
    evaluation.lock();
    try {
      takeover.letGo();
      evaluator.tick();
    } finally {
      evaluation.unlock();
    }
  }

  /** Looks for changed rules and machines to take over; the engine does so each second. */
  void refresh() {
    keeper.refresh();
    takeover.step();
  }

  /** Stores what changed; the engine does so by itself. */
  void carry() {
    while (!outbox.isEmpty() && outbox.carryOldest()) {
      // one after the other
    }
  }

  /** Tells what is due; the engine does so each second. */
  void dispatch() throws InterruptedException {
    for (var dispatcher : dispatchers) {
      dispatcher.turn();
    }
  }

  /**
   * Ends evaluation, then stores what changed and tells what is due, for a few seconds at the most.
   * Open alerts, and what is still to be told of them, stay in the store and are taken up by the
   * next start, or by another engine. Store, bus and notifiers are not closed: they are the
   * caller's.
   */
  @Override
  public void close() {
    for (var present : Arrays.asList(subscription, machineNews)) {
      if (present != null) {
        present.close();
      }
    }
    ending.countDown();
    takeover.close();
    loops.forEach(loop -> loop.join(END_PATIENCE));
    outbox.close();
    carriers.forEach(carrier -> carrier.join(END_PATIENCE));
    dispatchers.forEach(Dispatcher::close);
    tellers.forEach(teller -> teller.join(END_PATIENCE));
  }
}
