package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.MachineForgotten;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/**
 * Has machines forgotten that are gone for good: whom somebody names, and by itself who has been
 * down for long, so that a fleet whose machines come and go needs nobody to clear up after them.
 *
 * <p>{@link #tick} is called by one thread, and never waits; the rest is thread-safe.
 */
public final class GoneMachines {
  private static final Duration CHECK = Duration.ofMinutes(1);
  // Where this process was away for as long as they, they get the time to come back.
  private static final Duration GRACE = Duration.ofHours(1);

  private final Consumer<String> store;
  private final LiveView live;
  private final EventPublisher publisher;
  private final Consumer<AuditEntry> audit;
  private final Duration after;
  private final TimeSource time;
  private final long startNanos;
  private final Refresh check;

  /**
   * Creates it.
   *
   * @param store has the store of current state forget a machine
   * @param live where they are shown
   * @param publisher by which others are told
   * @param audit where it is written down
   * @param after how long a machine is silent before it is forgotten by itself
   * @param time the clock
   * @param executor for what may block
   */
  public GoneMachines(
      Consumer<String> store,
      LiveView live,
      EventPublisher publisher,
      Consumer<AuditEntry> audit,
      Duration after,
      TimeSource time,
      ExecutorService executor) {
    this.store = store;
    this.live = live;
    this.publisher = publisher;
    this.audit = audit;
    this.after = after;
    this.time = time;
    this.startNanos = time.nanoTime();
    this.check = new Refresh("gone_machines", this::forgetGone, time, executor);
  }

  /**
   * Has a machine forgotten. Blocks, with the deadlines of the stores; what fails can be done
   * again.
   *
   * @param id the machine
   * @param seen when it was last heard from
   * @param by who wants it
   * @param why what the audit tells beside that
   * @throws SysmonstmException where a store cannot be reached
   */
  public void forget(String id, Instant seen, Actor by, String why) {
    var now = time.instant();
    // Not before it was last seen, by whatever clock.
    var event = new MachineForgotten(id, seen.isAfter(now) ? seen : now);
    // In this order, so that it is still shown where something fails.
    store.accept(id);
    audit.accept(AuditEntry.of(now, by, "machine_forgotten", id, why));
    publisher.publish(event);
    // Not only when it comes back over the bus: whoever asked for it looks now.
    live.accept(event);
  }

  /** Has those forgotten that are due. */
  public void tick() {
    if (time.nanoTime() - startNanos >= GRACE.toNanos()) {
      check.tick(CHECK);
    }
  }

  private void forgetGone() {
    var end = time.instant().minus(after);
    for (var id : live.downSince(end)) {
      forget(id, end, Actor.within("sysmonstm"), "silent since before " + end);
    }
  }
}
