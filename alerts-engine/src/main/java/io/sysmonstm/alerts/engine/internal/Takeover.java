package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.spi.BoundedMap;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.MetricsEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Which machines this engine evaluates. One that it hears for the first time, or that another
 * engine had meanwhile, may have open alerts: they are read from the store before its first batch
 * is evaluated, which waits that long. Machines that nobody hears are taken over too, by what the
 * store and the roster know of them, so that their silence is noticed. Those that another engine
 * has are forgotten.
 */
public final class Takeover implements SilenceBook.Machines {
  private static final EventLog LOG = EventLog.of(Takeover.class);
  private static final Duration SURVEY = Duration.ofMinutes(1);
  private static final Duration RETRY = Duration.ofMillis(250);

  /** A machine that was last seen longer ago is not missed any more. */
  private static final Duration GONE = Duration.ofDays(7);

  /**
   * To evaluate before the open alerts are loaded means to fire them again: better late than never.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int MOST_WAITING = 10_000;
  private static final int MOST_FORGOTTEN = 10_000;

  private final EngineContext context;
  private final Evaluator evaluator;
  private final ReentrantLock evaluation;
  private final Predicate<String> owned;
  private final Supplier<List<MachineState>> roster;
  private final Backfill backfill;
  private final StoredAlerts stored;
  private final LongAdder ignored;
  private final Semaphore wake = new Semaphore(0);
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean ready;
  // Guarded by the engine's lock.
  private final Set<String> adopted = new HashSet<>();
  private final ArrayDeque<MetricsEvent> waiting = new ArrayDeque<>();
  private final Map<String, Optional<LastSeen>> strangers = new LinkedHashMap<>();
  // Others may still tell of them, and the store have alerts.
  private final BoundedMap<Instant> forgotten = new BoundedMap<>(MOST_FORGOTTEN);
  // Guarded by the lock of steps.
  private final ReentrantLock stepping = new ReentrantLock();
  private final Set<String> unloaded = new HashSet<>();
  private Optional<Long> surveyedNanos = Optional.empty();
  private Optional<Long> failingSinceNanos;

  /**
   * Creates one that has taken over nothing.
   *
   * @param context of the engine
   * @param evaluator evaluates
   * @param evaluation the lock that guards it
   * @param owned whether the events of a machine come to this engine, by its id
   * @param roster the machines that anybody has heard of; may block, and throw
   * @param backfill what rules that look back need of machines that are new here
   */
  public Takeover(
      EngineContext context,
      Evaluator evaluator,
      ReentrantLock evaluation,
      Predicate<String> owned,
      Supplier<List<MachineState>> roster,
      Backfill backfill) {
    this.context = context;
    this.evaluator = evaluator;
    this.evaluation = evaluation;
    this.owned = owned;
    this.roster = roster;
    this.backfill = backfill;
    this.stored = new StoredAlerts(context.store());
    this.ignored = EvaluationCounters.ignored(context.metrics(), "takeover");
    this.failingSinceNanos = Optional.of(context.time().nanoTime());
  }

  /** Takes note that rules are in force, so that it can begin. */
  public void begin() {
    ready = true;
    wake.release();
  }

  /**
   * Evaluates a batch, or holds it until it can be.
   *
   * @param event as it came
   */
  public void receive(MetricsEvent event) {
    evaluation.lock();
    try {
      // One beyond the limit is only counted.
      if (adopted.contains(event.machineId()) || evaluator.isFull()) {
        evaluator.onBatch(event);
        return;
      }
      if (waiting.size() >= MOST_WAITING) {
        ignored.add(waiting.removeFirst().batch().size());
      }
      waiting.addLast(event);
      strangers.putIfAbsent(event.machineId(), Optional.empty());
    } finally {
      evaluation.unlock();
    }
    wake.release();
  }

  @Override
  public boolean isDown(String machineId) {
    evaluation.lock();
    try {
      return evaluator.isDown(machineId);
    } finally {
      evaluation.unlock();
    }
  }

  @Override
  public Map<String, String> tags(String machineId) {
    evaluation.lock();
    try {
      return evaluator
          .tags(machineId)
          .or(
              () ->
                  strangers
                      .getOrDefault(machineId, Optional.empty())
                      .map(last -> last.resource().tags()))
          .orElse(Map.of());
    } finally {
      evaluation.unlock();
    }
  }

  /**
   * Forgets a machine that is gone for good, and ends its alerts: now where it is this engine's,
   * else when it would become so.
   *
   * @param machineId which
   * @param at since when; one that was heard later is not forgotten
   */
  public void forget(String machineId, Instant at) {
    evaluation.lock();
    try {
      if (evaluator.forget(machineId, at)) {
        forgotten.put(machineId, at);
        adopted.remove(machineId);
        strangers.remove(machineId);
      }
    } finally {
      evaluation.unlock();
    }
  }

  /** Forgets the machines that another engine has. Called under the engine's lock. */
  public void letGo() {
    for (Iterator<String> ids = adopted.iterator(); ids.hasNext(); ) {
      var id = ids.next();
      if (!owned.test(id)) {
        ids.remove();
        strangers.put(id, evaluator.release(id));
      }
    }
  }

  /**
   * Works until it is closed.
   *
   * @throws InterruptedException where the worker is interrupted
   */
  public void run() throws InterruptedException {
    while (closing.getCount() > 0) {
      wake.acquire();
      wake.drainPermits();
      if (!step()) {
        closing.await(RETRY.toNanos(), TimeUnit.NANOSECONDS);
        wake.release();
      }
    }
    if (wake.tryAcquire()) {
      step();
    }
  }

  /** Ends it. */
  public void close() {
    closing.countDown();
    wake.release();
  }

  /**
   * Takes over what there is to take over; may block.
   *
   * @return whether nothing is left that failed
   */
  public boolean step() {
    if (!ready) {
      return true;
    }
    stepping.lock();
    try {
      long now = context.time().nanoTime();
      if (surveyedNanos.map(last -> now - last >= SURVEY.toNanos()).orElse(true)) {
        survey();
      }
      return load(wantedNow());
    } catch (RuntimeException failure) {
      LOG.error("alert_takeover_failed", "Machines could not be taken over; tried again", failure);
      return false;
    } finally {
      stepping.unlock();
    }
  }

  /** Looks for machines that nobody may have sent anything of. */
  private void survey() {
    var found = new LinkedHashMap<String, Optional<LastSeen>>();
    try {
      var open = stored.open();
      if (surveyedNanos.isPresent()) {
        // Later ones are of engines that live.
        open.removeIf(alert -> alert.machineId().equals(MassAbsence.MACHINE));
      }
      open.forEach(alert -> found.put(alert.machineId(), Optional.empty()));
      surveyedNanos = Optional.of(context.time().nanoTime());
    } catch (RuntimeException failure) {
      LOG.warn("open_alerts_unread", "Open alerts cannot be read from the store", failure);
    }
    try {
      var gone = context.time().instant().minus(GONE);
      for (var machine : roster.get()) {
        if (found.containsKey(machine.machineId()) || machine.lastSeen().isAfter(gone)) {
          found.put(machine.machineId(), Optional.of(LastSeen.of(machine)));
        }
      }
    } catch (RuntimeException failure) {
      LOG.warn(
          "machines_unread",
          "The machines cannot be read; those that died unheard are not noticed",
          failure);
    }
    evaluation.lock();
    try {
      adopted.forEach(found::remove);
      strangers.putAll(found);
    } finally {
      evaluation.unlock();
    }
  }

  /** What is to be taken over now; the rest is left to others as long as they have it. */
  private Map<String, Optional<LastSeen>> wantedNow() {
    var now = new LinkedHashMap<String, Optional<LastSeen>>();
    evaluation.lock();
    try {
      strangers.forEach(
          (id, last) -> {
            if (owned.test(id)) {
              now.put(id, last);
            }
          });
    } finally {
      evaluation.unlock();
    }
    return now;
  }

  private boolean load(Map<String, Optional<LastSeen>> machines) {
    var ids = new HashSet<>(machines.keySet());
    ids.addAll(unloaded);
    if (ids.isEmpty()) {
      return true;
    }
    try {
      var open = stored.open(ids);
      failingSinceNanos = Optional.empty();
      adopt(ids, machines, open);
      unloaded.clear();
      return true;
    } catch (RuntimeException failure) {
      long now = context.time().nanoTime();
      long since = failingSinceNanos.orElse(now);
      failingSinceNanos = Optional.of(since);
      LOG.warn("open_alerts_unread", "Open alerts cannot be read from the store", failure);
      if (now - since >= PATIENCE.toNanos()) {
        adopt(machines.keySet(), machines, List.of());
        unloaded.addAll(machines.keySet());
      }
      return false;
    }
  }

  private void adopt(Set<String> ids, Map<String, Optional<LastSeen>> machines, List<Alert> open) {
    var before = backfill.read(heard(ids), windows());
    evaluation.lock();
    try {
      heard(ids).forEach(forgotten::remove);
      var byMachine = open.stream().collect(Collectors.groupingBy(Alert::machineId));
      for (var id : ids) {
        var last = machines.getOrDefault(id, Optional.empty());
        boolean watched = evaluator.adopt(id, byMachine.getOrDefault(id, List.of()), last);
        var end = forgotten.get(id);
        boolean gone = end != null && evaluator.forget(id, end);
        if (watched && !gone) {
          adopted.add(id);
        }
        strangers.remove(id);
      }
      for (var events = waiting.iterator(); events.hasNext(); ) {
        var event = events.next();
        if (ids.contains(event.machineId())) {
          events.remove();
          before.seed(event.batch(), evaluator);
          evaluator.onBatch(event);
        }
      }
    } finally {
      evaluation.unlock();
    }
  }

  private List<String> heard(Set<String> ids) {
    evaluation.lock();
    try {
      return waiting.stream()
          .map(MetricsEvent::machineId)
          .distinct()
          .filter(ids::contains)
          .toList();
    } finally {
      evaluation.unlock();
    }
  }

  private Map<String, Duration> windows() {
    evaluation.lock();
    try {
      return evaluator.windows();
    } finally {
      evaluation.unlock();
    }
  }
}
