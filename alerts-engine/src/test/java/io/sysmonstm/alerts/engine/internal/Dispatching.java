package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Silence;
import io.sysmonstm.spi.AlertEvent.Change;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.InMemoryAlertStore;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** An outbox and a dispatcher on a store, with a clock that the test moves, in one thread. */
final class Dispatching {
  static final Duration REPEAT = Duration.ofHours(4);

  final ManualTime time;
  final InMemoryAlertStore store;
  final SelfMetrics metrics = new SelfMetrics();

  /** The machines that are down. */
  final Set<String> down = new HashSet<>();

  final SilenceBook silences =
      new SilenceBook(
          () ->
              new SilenceBook.Machines() {
                @Override
                public Map<String, String> tags(String machineId) {
                  return Map.of("env", "prod");
                }

                @Override
                public boolean isDown(String machineId) {
                  return down.contains(machineId);
                }
              });

  final List<Notice> notices = new ArrayList<>();
  private final Dispatcher dispatcher;
  private final Outbox outbox;
  private Consumer<Dispatching> meanwhile = self -> {};
  int failures;

  Dispatching() {
    this(new ManualTime());
  }

  private Dispatching(ManualTime time) {
    this(new InMemoryAlertStore(time), time);
  }

  /** One whose notifier does something while it tells. */
  Dispatching(Consumer<Dispatching> meanwhile) {
    this();
    this.meanwhile = meanwhile;
  }

  /** An engine after another one on the same store. */
  Dispatching(InMemoryAlertStore store, ManualTime time) {
    this.store = store;
    this.time = time;
    var context = context(UUID.randomUUID().toString());
    dispatcher = new Dispatcher("pager", this::take, context);
    outbox =
        new Outbox(
            context,
            event -> {},
            List.of(dispatcher),
            new Retry(Duration.ofMillis(1), Duration.ofMillis(1), 5));
  }

  EngineContext context(String engine) {
    return new EngineContext(store, engine, silences, Delivery.usual(), time, metrics);
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  private void take(Notice notice) {
    meanwhile.accept(this);
    if (failures > 0) {
      failures--;
      throw new IllegalStateException("the pager is off");
    }
    notices.add(notice);
  }

  Alert fire(String rule, String machine) {
    var alert =
        Alert.builder(rule + "-" + machine + "-" + time.millis(), rule, machine)
            .metric("cpu_percent")
            .state(AlertState.FIRING)
            .startedAt(time.instant())
            .firedAt(time.instant())
            .build();
    outbox.changed(alert, Change.FIRED);
    carry();
    return alert;
  }

  void resolve(Alert alert) {
    var resolved = alert.toBuilder().state(AlertState.RESOLVED).resolvedAt(time.instant()).build();
    outbox.changed(resolved, Change.RESOLVED);
    carry();
  }

  /** Stores what changed, as often as it takes to see that it cannot be. */
  void carry() {
    for (int i = 0; i < 3 && !outbox.isEmpty(); i++) {
      outbox.carryOldest();
    }
  }

  Silence silence(Duration length, Map<String, String> match) {
    var silence =
        new Silence(
            "s" + time.millis(),
            match,
            time.instant(),
            time.instant().plus(length),
            Optional.empty(),
            "ada",
            "");
    store.putSilence(silence, Actor.within("ada"));
    silences.replace(store.silences());
    return silence;
  }

  void endSilence(Silence silence) {
    store.endSilence(silence.id(), Actor.within("ada"));
    silences.replace(store.silences());
  }

  /** Lets time pass; the dispatcher looks each second. */
  void pass(Duration by) throws InterruptedException {
    for (long second = 0; second < by.toSeconds(); second++) {
      time.advance(Duration.ofSeconds(1));
      carry();
      dispatcher.turn();
    }
  }

  /** What was told since the last call: one text for each message. */
  List<String> told() {
    var texts =
        notices.stream()
            .map(
                notice ->
                    String.join(
                            ", ",
                            notice.items().stream()
                                .map(
                                    item ->
                                        "%s %s %s"
                                            .formatted(
                                                item.kind(),
                                                item.alert().rule(),
                                                item.alert().machineId()))
                                .toList())
                        + (notice.more() == 0 ? "" : " +" + notice.more()))
            .toList();
    notices.clear();
    return texts;
  }

  double counted(String name) {
    return metrics.collect().stream()
        .filter(reading -> reading.name().equals(name))
        .mapToDouble(SelfMetrics.Reading::value)
        .sum();
  }
}
