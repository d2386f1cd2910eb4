package io.sysmonstm.edge.helidon;

import io.sysmonstm.api.Labels;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.json.Publication;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.net.Frame;
import io.sysmonstm.web.helidon.internal.net.MessageReader;
import io.sysmonstm.web.helidon.internal.net.Outbox;
import io.sysmonstm.web.helidon.internal.net.ViewerFeed;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What viewers of the edge see: what the gateway published last, and since when it has been away.
 * Thread-safe: one lock guards the state and the order of frames; each change is serialised once,
 * and frames are handed to outboxes, which never wait.
 */
final class EdgeView implements ViewerFeed {
  private final TimeSource time;
  private final LongAdder dropped;

  private final ReentrantLock lock = new ReentrantLock();
  // All guarded by the lock.
  private final Set<Outbox> viewers = new HashSet<>();
  private Published published;
  private @Nullable Published incoming;
  private Optional<Instant> away;
  private @Nullable List<byte[]> all;

  /**
   * Creates a view of nothing, whose gateway is away.
   *
   * @param maxMachines how many machines are kept
   * @param maxBytes how many bytes of JSON these may take
   */
  EdgeView(TimeSource time, int maxMachines, long maxBytes, SelfMetrics metrics) {
    this.time = time;
    this.published =
        new Published(
            maxMachines,
            maxBytes,
            metrics.counter(
                "edge_machines_refused_total", "States of machines beyond a bound of the edge."));
    this.dropped =
        metrics.counter(
            "edge_frames_dropped_total",
            "Alert and machine frames that a slow viewer did not get.");
    this.away = Optional.of(time.instant());
    metrics.gauge("edge_machines", "Machines that the edge shows.", Labels.empty(), this::machines);
  }

  /** Takes in what a gateway publishes, and tells viewers. */
  void accept(Publication publication) {
    locked(
        () -> {
          switch (publication) {
            case Publication.Snapshot part -> accept(part);
            case Publication.Metrics metrics -> accept(metrics);
            case Publication.AlertChange changed -> accept(changed);
          }
          return true;
        });
  }

  private void accept(Publication.Snapshot part) {
    var fresh = incoming == null ? published.emptied() : incoming;
    // The first readings after a snapshot are news, whenever they were observed.
    part.machines().forEach(machine -> fresh.put(machine, Instant.MIN));
    part.alerts().forEach(fresh::put);
    if (part.more()) {
      incoming = fresh;
      return;
    }
    incoming = null;
    published = fresh;
    away = Optional.empty();
    all = null;
    var frame = snapshot();
    viewers.forEach(viewer -> viewer.start(frame));
  }

  private void accept(Publication.Metrics metrics) {
    var machine = metrics.machine();
    var id = machine.state().machineId();
    var change = published.put(machine, metrics.at());
    all = null;
    switch (change) {
      case NOTHING -> {}
      case STATUS ->
          tell(() -> EdgeFrames.status(time.instant(), id, machine.status()), Optional.empty());
      case READINGS -> tell(() -> EdgeFrames.metrics(metrics.at(), machine), Optional.of(id));
      case DESCRIPTION -> {
        // Apart from the readings, of which a slow viewer gets the newest alone.
        tell(
            () ->
                Frame.text(
                    MachineView.described(time.instant(), machine.state(), machine.status())),
            Optional.empty());
        tell(() -> EdgeFrames.metrics(metrics.at(), machine), Optional.of(id));
      }
    }
  }

  private void accept(Publication.AlertChange changed) {
    published.put(changed.alert());
    all = null;
    tell(() -> EdgeFrames.alert(changed), Optional.empty());
  }

  private void tell(Supplier<Frame> making, Optional<String> newestOf) {
    if (viewers.isEmpty()) {
      return;
    }
    var frame = making.get();
    for (var viewer : viewers) {
      if (newestOf.isPresent()) {
        viewer.putNewest(newestOf.get(), frame);
      } else if (!viewer.put(frame)) {
        dropped.increment();
      }
    }
  }

  /** Tells viewers that the gateway is gone. */
  void gatewayLost(Instant since) {
    locked(
        () -> {
          incoming = null;
          if (away.isEmpty()) {
            away = Optional.of(since);
            tell(() -> EdgeFrames.stale(time.instant(), since), Optional.empty());
          }
          return true;
        });
  }

  /** {@return since when the gateway has been away, empty where it is here} */
  Optional<Instant> away() {
    return locked(() -> away);
  }

  int machines() {
    return locked(() -> published.size());
  }

  @Override
  public Session attach(Outbox outbox) {
    return locked(
        () -> {
          outbox.start(snapshot());
          away.ifPresent(since -> outbox.put(EdgeFrames.stale(time.instant(), since)));
          viewers.add(outbox);
          return new Visitor(outbox);
        });
  }

  // All but its first words is shared by all who come before the next change.
  private Frame snapshot() {
    var parts = all;
    if (parts == null) {
      parts = EdgeFrames.all(published.machines(), published.alerts());
      all = parts;
    }
    return EdgeFrames.snapshot(time.instant(), parts);
  }

  /** A viewer, who may look and say nothing. */
  private final class Visitor implements Session {
    private final Outbox outbox;

    private Visitor(Outbox outbox) {
      this.outbox = outbox;
    }

    @Override
    public MessageReader.Limits limits() {
      return MessageReader.Limits.MUTE_VIEWER;
    }

    @Override
    public boolean accept(byte[] message) {
      return false;
    }

    @Override
    public void close() {
      locked(() -> viewers.remove(outbox));
    }
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
