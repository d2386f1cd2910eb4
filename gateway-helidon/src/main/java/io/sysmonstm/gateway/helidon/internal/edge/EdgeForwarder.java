package io.sysmonstm.gateway.helidon.internal.edge;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Sample;
import io.sysmonstm.gateway.helidon.internal.live.LiveView;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.json.Publication;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an edge relay told of what it may show: dials it for ever, sends it a snapshot first, and
 * then of each changed machine the newest state. Whatever the edge does, the view and its viewers
 * never wait for it. {@link #run} is one thread of its own; the rest is thread-safe.
 */
public final class EdgeForwarder implements Runnable, AutoCloseable {
  private static final EventLog LOG = EventLog.of(EdgeForwarder.class);
  private static final Duration FIRST_DELAY = Duration.ofMillis(500);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(8);
  private static final Duration HEALTHY = Duration.ofSeconds(30);
  private static final Duration PING = Duration.ofSeconds(5);
  // Less than what an edge takes; a fleet that changes faster is told of less often.
  private static final int MESSAGES_PER_SECOND = 2_000;

  private final LiveView view;
  private final Disclosure disclosure;
  private final HttpClient client;
  private final URI uri;
  private final String token;
  private final TimeSource time;
  private final String instance = UUID.randomUUID().toString();
  private final ChangeQueue changes;
  private final LongAdder sent;
  private final LongAdder failures;
  private volatile @Nullable String problem = "not connected yet";
  private volatile @Nullable Thread thread;
  private volatile boolean closed;
  private long secondBegan = System.nanoTime();
  private int sentInSecond;

  /**
   * Creates a forwarder that does nothing yet.
   *
   * @param view what is told of
   * @param disclosure what of it
   * @param client dials; not closed by this
   * @param uri the edge's path for publishers
   * @param token says who we are
   * @param time the clock
   * @param metrics where is counted
   */
  public EdgeForwarder(
      LiveView view,
      Disclosure disclosure,
      HttpClient client,
      URI uri,
      String token,
      TimeSource time,
      SelfMetrics metrics) {
    this.view = view;
    this.disclosure = disclosure;
    this.client = client;
    this.uri = uri;
    this.token = token;
    this.time = time;
    this.sent = metrics.counter("gateway_edge_messages_total", "Messages sent to the edge relay.");
    this.failures =
        metrics.counter("gateway_edge_failures_total", "Links to the edge relay that failed.");
    this.changes =
        new ChangeQueue(
            metrics.counter(
                "gateway_edge_alerts_dropped_total",
                "Changes of alerts that a slow edge relay did not get."));
    metrics.gauge(
        "gateway_edge_connected",
        "Whether the edge relay is connected.",
        Labels.empty(),
        () -> problem == null ? 1 : 0);
  }

  /** {@return whether the edge is being told; does not block} */
  public Health health() {
    return Optional.ofNullable(problem).map(Health::failing).orElse(Health.ok());
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    view.follow(changes);
    var delay = FIRST_DELAY;
    try {
      while (!closed) {
        long began = System.nanoTime();
        try {
          publish();
        } catch (EdgeLink.Broken e) {
          failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
          LOG.error("edge_failed", "could not tell the edge relay; trying again", e);
          failed("the forwarder failed; its log has the reason");
        }
        if (System.nanoTime() - began >= HEALTHY.toNanos()) {
          delay = FIRST_DELAY;
        }
        Thread.sleep(jittered(delay));
        var next = delay.multipliedBy(2);
        delay = next.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : next;
      }
    } catch (InterruptedException e) {
      if (!closed) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Duration jittered(Duration delay) {
    return Duration.ofNanos(
        ThreadLocalRandom.current().nextLong(delay.toNanos() / 2, delay.toNanos() + 1));
  }

  private void failed(String why) {
    failures.increment();
    if (!why.equals(problem) && !closed) {
      LOG.warn("edge_unreachable", "trying again", null, "edge", uri.toString(), "problem", why);
    }
    problem = why;
  }

  private void publish() throws EdgeLink.Broken, InterruptedException {
    try (var link = EdgeLink.open(client, uri, token, instance)) {
      // From here on every change is queued, so that none falls between the snapshot and what
      // follows it.
      changes.open();
      snapshot(link);
      problem = null;
      LOG.info("edge_connected", "the edge relay has a snapshot", "edge", uri.toString());
      long pinged = System.nanoTime();
      while (!closed) {
        var change = changes.take(PING.minusNanos(System.nanoTime() - pinged));
        if (change.isPresent()) {
          send(link, change.get());
        }
        if (System.nanoTime() - pinged >= PING.toNanos()) {
          link.ping();
          pinged = System.nanoTime();
        }
      }
    } finally {
      changes.close();
    }
  }

  private void snapshot(EdgeLink link) throws EdgeLink.Broken, InterruptedException {
    var fleet = view.fleet();
    SnapshotParts.send(
        time.instant(),
        fleet.machines(),
        disclosed(fleet.alerts()),
        disclosure,
        message -> send(link, message));
  }

  private List<Alert> disclosed(List<Alert> alerts) {
    var disclosed = new ArrayList<Alert>();
    for (var alert : alerts) {
      if (disclosed.size() < ChangeQueue.MAX_ALERTS) {
        disclosure.of(alert).ifPresent(disclosed::add);
      }
    }
    return disclosed;
  }

  private void send(EdgeLink link, ChangeQueue.Change change)
      throws EdgeLink.Broken, InterruptedException {
    if (change.alert().isPresent()) {
      var event = change.alert().get();
      var alert = disclosure.of(event.alert());
      if (alert.isPresent()) {
        send(link, told(event, alert.get()));
      }
    }
    // An alert changes the machine's list of open ones.
    var machine = view.machine(change.machineId());
    if (machine.isPresent()) {
      var shown = disclosure.of(machine.get());
      send(link, new Publication.Metrics(newest(machine.get()), shown));
    } else if (change.alert().isEmpty()) {
      // It was forgotten, which a snapshot without it tells.
      snapshot(link);
    }
  }

  private Publication told(AlertEvent event, Alert alert) {
    return new Publication.AlertChange(time.instant(), alert, event.change());
  }

  private static Instant newest(MachineView machine) {
    return machine.state().samples().stream()
        .map(Sample::observedAt)
        .max(Instant::compareTo)
        .orElse(machine.state().lastSeen());
  }

  private void send(EdgeLink link, Publication publication)
      throws EdgeLink.Broken, InterruptedException {
    send(link, publication.write());
  }

  private void send(EdgeLink link, byte[] message) throws EdgeLink.Broken, InterruptedException {
    pace();
    link.send(message);
    sent.increment();
  }

  private void pace() throws InterruptedException {
    long elapsed = System.nanoTime() - secondBegan;
    if (elapsed >= Duration.ofSeconds(1).toNanos()) {
      secondBegan = System.nanoTime();
      sentInSecond = 0;
    } else if (++sentInSecond > MESSAGES_PER_SECOND) {
      Thread.sleep(Duration.ofSeconds(1).minusNanos(elapsed));
    }
  }

  /** Leaves the edge, within about a second. */
  @Override
  public void close() {
    closed = true;
    var running = thread;
    if (running != null) {
      running.interrupt();
    }
  }
}
