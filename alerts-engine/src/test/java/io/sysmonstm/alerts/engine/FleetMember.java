package io.sysmonstm.alerts.engine;

import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.EventSubscriber;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.Topic;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One engine of a {@link Fleet}, and those that take its place after a crash. */
final class FleetMember implements EventSubscriber, EventPublisher {
  /** Runs nothing: the test does what its threads would. */
  static final ExecutorService IDLE = new Idle();

  private static final Duration LEASE = Duration.ofSeconds(6);
  private static final Duration DOWNTIME = Duration.ofSeconds(15);

  /** The end of a process, at any place. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1;
  }

  private interface Step {
    void run() throws InterruptedException;
  }

  private final Fleet fleet;
  private @Nullable AlertEngine engine;
  private @Nullable Consumer<Event> handler;
  private Instant since;

  FleetMember(Fleet fleet) {
    this.fleet = fleet;
    this.since = fleet.time.instant();
    start();
  }

  boolean isAlive() {
    return engine != null;
  }

  boolean isDue() {
    return engine == null && !fleet.time.instant().isBefore(since.plus(DOWNTIME));
  }

  /** Whether it has lived for long enough to have taken over what it has to. */
  boolean isSettled() {
    return engine != null && fleet.time.instant().isAfter(since.plus(Duration.ofSeconds(3)));
  }

  void startIfDue() {
    if (isDue()) {
      start();
    }
  }

  private void start() {
    since = fleet.time.instant();
    var fresh = fleet.builder(this).build();
    engine = fresh;
    attempt(fresh::start);
  }

  void deliver(Event event) {
    attempt(
        () -> {
          if (handler != null) {
            handler.accept(event);
          }
        });
  }

  /** What the threads of an engine do in a second. */
  void work() {
    var now = engine;
    if (now == null) {
      if (fleet.time.instant().equals(since.plus(LEASE))) {
        fleet.takeOver();
      }
      return;
    }
    attempt(now::refresh);
    attempt(now::tick);
    attempt(now::carry);
    attempt(now::dispatch);
  }

  private void attempt(Step step) {
    if (engine == null) {
      return;
    }
    try {
      step.run();
    } catch (Crash crash) {
      engine = null;
      handler = null;
      since = fleet.time.instant();
      fleet.lost();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  void tell(Notice notice) {
    if (fleet.chance(10)) {
      throw new IllegalStateException("the pager is off");
    }
    for (var item : notice.items()) {
      var alert = item.alert();
      fleet.told(item.kind() + " " + alert.rule() + " " + alert.machineId() + " " + alert.id());
    }
    crashPerhaps();
  }

  private void crashPerhaps() {
    if (fleet.crashNow()) {
      throw new Crash();
    }
  }

  /** The store, at whose calls an engine may die: before they are made or after. */
  AlertStore store() {
    return (AlertStore)
        Proxy.newProxyInstance(
            AlertStore.class.getClassLoader(),
            new Class<?>[] {AlertStore.class},
            (proxy, method, arguments) -> {
              crashPerhaps();
              try {
                var result = method.invoke(fleet.store, arguments);
                crashPerhaps();
                return result;
              } catch (InvocationTargetException failure) {
                throw failure.getCause();
              }
            });
  }

  @Override
  public Subscription subscribe(String name, Set<Topic> topics, Consumer<Event> sink) {
    // Nobody has a machine forgotten here.
    if (topics.contains(Topic.METRICS_RAW)) {
      handler = sink;
    }
    return new Subscription() {
      @Override
      public boolean owns(String machineId) {
        return fleet.owns(FleetMember.this, machineId);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void publish(Event event) {}

  private static final class Idle extends AbstractExecutorService {
    @Override
    public void execute(Runnable task) {}

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
