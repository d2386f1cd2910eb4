package io.sysmonstm.testkit;

import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that moves only when told to. Thread-safe. */
public final class ManualTime implements TimeSource {
  private final AtomicReference<Instant> wall;
  private final AtomicLong nanos = new AtomicLong();

  /** Creates a clock that stands at 2026-01-01 00:00 UTC. */
  public ManualTime() {
    this(Instant.parse("2026-01-01T00:00:00Z"));
  }

  /**
   * Creates a clock.
   *
   * @param start the time it stands at
   */
  public ManualTime(Instant start) {
    wall = new AtomicReference<>(start);
  }

  /**
   * Moves both clocks forward.
   *
   * @param by how far, not negative
   */
  public void advance(Duration by) {
    wall.updateAndGet(now -> now.plus(by));
    nanos.addAndGet(by.toNanos());
  }

  /**
   * Sets the wall clock alone, as an operator or NTP does.
   *
   * @param now the new time
   */
  public void setWall(Instant now) {
    wall.set(now);
  }

  @Override
  public Instant instant() {
    return wall.get();
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }
}
