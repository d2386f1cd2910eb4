package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.AlertEvent.Change;
import io.sysmonstm.spi.TimeSource;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * All alerts that are pending or firing, and their changes of state. Guarded by the engine's lock.
 */
final class OpenAlerts {
  private static final int MOST_ENDED = 10_000;

  private final TimeSource time;
  private final TransitionSink sink;
  private final Map<String, Map<OpenAlert.Key, OpenAlert>> byMachine = new HashMap<>();
  // What ended here may still be open in the store, which is told later.
  private final Set<String> ended = new LinkedHashSet<>();
  private final AtomicInteger firing = new AtomicInteger();
  private final AtomicInteger pending = new AtomicInteger();

  OpenAlerts(TimeSource time, TransitionSink sink) {
    this.time = time;
    this.sink = sink;
  }

  /** The number that fire; read from any thread. */
  int firing() {
    return firing.get();
  }

  /** The number that are pending; read from any thread. */
  int pending() {
    return pending.get();
  }

  List<OpenAlert> all() {
    return byMachine.values().stream().flatMap(ofOne -> ofOne.values().stream()).toList();
  }

  List<OpenAlert> of(Machine machine) {
    return List.copyOf(byMachine.getOrDefault(machine.id(), Map.of()).values());
  }

  @Nullable OpenAlert find(String rule, String machineId, Labels labels) {
    return find(new OpenAlert.Key(rule, machineId, labels));
  }

  private @Nullable OpenAlert find(OpenAlert.Key key) {
    var ofMachine = byMachine.get(key.machineId());
    return ofMachine == null ? null : ofMachine.get(key);
  }

  /**
   * Takes over an alert of an earlier run. Of an identity that is open again already, the old one
   * ends.
   */
  void restore(Alert alert) {
    if (ended.contains(alert.id())) {
      return;
    }
    var newer = find(OpenAlert.Key.of(alert));
    if (newer == null) {
      add(new OpenAlert(alert, OpenAlert.UNSEEN, time.nanoTime()));
    } else if (!newer.alert().id().equals(alert.id())) {
      end(alert, time.instant(), alert.value(), "goes on as alert " + newer.alert().id());
    }
  }

  /** Forgets the alerts of a machine, which go on elsewhere. */
  void release(String machineId) {
    var ofMachine = byMachine.remove(machineId);
    if (ofMachine != null) {
      for (var open : ofMachine.values()) {
        count(open).decrementAndGet();
        open.detach();
      }
    }
  }

  OpenAlert pend(CompiledRule rule, Machine machine, Labels labels, Reading reading) {
    var alert = begin(rule, machine, labels, reading).build();
    return added(alert, machine, reading.atMillis(), Change.PENDING);
  }

  OpenAlert fire(CompiledRule rule, Machine machine, Labels labels, Reading reading) {
    var alert = fired(begin(rule, machine, labels, reading), rule, machine, reading.atMillis());
    return added(alert, machine, reading.atMillis(), Change.FIRED);
  }

  private OpenAlert added(Alert alert, Machine machine, long atMillis, Change change) {
    var open = new OpenAlert(alert, atMillis, time.nanoTime());
    open.coveredMillis = machine.coveredMillis();
    add(open);
    sink.changed(alert, change);
    return open;
  }

  /** Opens an alert that is of no one machine, and fires. */
  OpenAlert fire(Alert alert) {
    var open = new OpenAlert(alert, time.millis(), time.nanoTime());
    add(open);
    sink.changed(alert, Change.FIRED);
    return open;
  }

  void fire(OpenAlert open, CompiledRule rule, Machine machine, Reading reading) {
    var alert = open.alert();
    var builder =
        alert.toBuilder()
            .severity(rule.severity())
            .value(reading.value())
            .threshold(rule.threshold())
            .message(AlertText.message(rule, machine, alert.labels(), reading));
    become(open, fired(builder, rule, machine, reading.atMillis()), Change.FIRED);
  }

  /** Begins a pending alert anew, since it cannot be said that its condition held. */
  void restart(OpenAlert open, double value, long atMillis) {
    var alert =
        open.alert().toBuilder().startedAt(Instant.ofEpochMilli(atMillis)).value(value).build();
    become(open, alert, Change.PENDING);
  }

  void resolve(OpenAlert open, CompiledRule rule, Machine machine, Reading reading) {
    remove(open);
    var message = AlertText.resolved(rule, machine, open.alert().labels(), reading);
    end(open.alert(), Instant.ofEpochMilli(reading.atMillis()), reading.value(), message);
  }

  /** Ends an alert that is of no one machine. */
  void resolve(OpenAlert open, double value, String message) {
    remove(open);
    end(open.alert(), time.instant(), value, message);
  }

  /** Ends an alert for a reason other than its condition. */
  void withdraw(OpenAlert open, String reason) {
    remove(open);
    if (open.isFiring()) {
      end(open.alert(), time.instant(), open.alert().value(), reason);
    } else {
      sink.changed(open.alert(), Change.CANCELLED);
    }
  }

  void cancel(OpenAlert open) {
    remove(open);
    sink.changed(open.alert(), Change.CANCELLED);
  }

  private Alert.Builder begin(CompiledRule rule, Machine machine, Labels labels, Reading reading) {
    // Silence began when the machine was last heard, not when it had lasted long enough to be
    // noticed.
    long sinceMillis = rule.isAbsence() ? machine.heardMillis() : reading.atMillis();
    return Alert.builder(AlertIds.next(time.millis()), rule.name(), machine.id())
        .severity(rule.severity())
        .metric(rule.metric())
        .labels(labels)
        .value(reading.value())
        .threshold(rule.threshold())
        .startedAt(Instant.ofEpochMilli(sinceMillis))
        .message(AlertText.message(rule, machine, labels, reading));
  }

  private Alert fired(Alert.Builder builder, CompiledRule rule, Machine machine, long atMillis) {
    return builder
        .state(AlertState.FIRING)
        .firedAt(Instant.ofEpochMilli(atMillis))
        .processes(AlertText.culprits(rule.metric(), machine.processes(time.nanoTime())))
        .build();
  }

  private void end(Alert alert, Instant at, double value, String message) {
    sink.changed(
        alert.toBuilder()
            .state(AlertState.RESOLVED)
            .resolvedAt(at)
            .value(value)
            .message(message)
            .build(),
        Change.RESOLVED);
  }

  private void add(OpenAlert open) {
    byMachine
        .computeIfAbsent(open.alert().machineId(), machine -> new HashMap<>())
        .put(OpenAlert.Key.of(open.alert()), open);
    count(open).incrementAndGet();
  }

  private void become(OpenAlert open, Alert alert, Change change) {
    count(open).decrementAndGet();
    open.become(alert);
    count(open).incrementAndGet();
    sink.changed(alert, change);
  }

  private void remove(OpenAlert open) {
    var ofMachine = byMachine.get(open.alert().machineId());
    if (ofMachine != null && ofMachine.remove(OpenAlert.Key.of(open.alert())) != null) {
      if (ofMachine.isEmpty()) {
        byMachine.remove(open.alert().machineId());
      }
    }
    count(open).decrementAndGet();
    open.detach();
    ended.add(open.alert().id());
    if (ended.size() > MOST_ENDED) {
      ended.remove(ended.iterator().next());
    }
  }

  private AtomicInteger count(OpenAlert open) {
    return open.isFiring() ? firing : pending;
  }
}
