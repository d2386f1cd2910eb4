package io.sysmonstm.collector.core;

import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.spi.Welcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to reach the server: what the transport tells is queued here for the delivery's own
 * thread, which is woken unless it was said that acknowledgements can wait. One that finds the
 * queue full is dropped, which costs no more than sending its batches again.
 */
final class Connection implements MetricSender.Listener {
  private static final int MAX_EVENTS = 1_024;

  /** What the transport told. */
  sealed interface Event {}

  record Welcomed(Welcome welcome, Instant at, long atNanos) implements Event {}

  record Acknowledged(Ack ack) implements Event {}

  /** How the stream ended; without a cause where the server ended it well. */
  record End(Optional<SysmonstmException> cause) {}

  private final TimeSource time;
  private final Waiter waiter;
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(MAX_EVENTS);
  private volatile Duration retryAfter = Duration.ZERO;
  private volatile @Nullable End end;
  private volatile boolean calm;

  Connection(TimeSource time, Waiter waiter) {
    this.time = time;
    this.waiter = waiter;
  }

  @Override
  public void welcomed(Welcome welcome) {
    events.offer(new Welcomed(welcome, time.instant(), time.nanoTime()));
    waiter.wake();
  }

  @Override
  public void ready() {
    waiter.wake();
  }

  @Override
  public void acknowledged(Ack ack) {
    events.offer(new Acknowledged(ack));
    if (!calm || ack.durability() != Ack.Durability.DURABLE) {
      waiter.wake();
    }
  }

  @Override
  public void retryAfter(Duration pause) {
    retryAfter = pause;
  }

  @Override
  public void ended(@Nullable SysmonstmException cause) {
    end = new End(Optional.ofNullable(cause));
    waiter.wake();
  }

  /** Says whether acknowledgements of what is durable are no reason to wake anybody. */
  void setCalm(boolean value) {
    calm = value;
  }

  boolean isCalm() {
    return calm;
  }

  Optional<Event> poll() {
    return Optional.ofNullable(events.poll());
  }

  /** What the server asked for before the end, zero where it asked for nothing. */
  Duration retryAfter() {
    return retryAfter;
  }

  Optional<End> end() {
    return Optional.ofNullable(end);
  }
}
