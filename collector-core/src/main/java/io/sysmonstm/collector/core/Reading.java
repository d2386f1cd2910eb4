package io.sysmonstm.collector.core;

import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.TimeSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of a source. Runs on a thread of its own or in {@link Turn}; the schedule waits for it,
 * or abandons it. Thread-safe.
 */
final class Reading implements Runnable {
  private final MetricSource source;
  private final SampleBuffer samples;
  private final TimeSource time;
  private final Runnable whenDone;
  // Guarded by this.
  private @Nullable Thread thread;
  private long sinceNanos;
  private boolean begun;
  private boolean abandoned;
  private @Nullable Throwable failure;
  private long endedNanos;
  private boolean done;
  private Runnable afterwards = () -> {};

  Reading(MetricSource source, SampleBuffer samples, TimeSource time, Runnable whenDone) {
    this.source = source;
    this.samples = samples;
    this.time = time;
    this.whenDone = whenDone;
    this.sinceNanos = time.nanoTime();
  }

  // Whatever a source of others throws, linkage errors too, is its own failure and nobody else's.
  @SuppressWarnings("CatchingUnchecked")
  @Override
  public void run() {
    Throwable thrown = null;
    try {
      if (begin()) {
        samples.open();
        source.collect(samples);
      }
    } catch (Throwable e) {
      thrown = e;
    } finally {
      samples.close();
      end(thrown);
      whenDone.run();
    }
  }

  private synchronized boolean begin() {
    thread = Thread.currentThread();
    sinceNanos = time.nanoTime();
    begun = true;
    return !abandoned;
  }

  /** Says that a thread is about to begin it: its time runs from then, where it has not begun. */
  synchronized void offer(long nowNanos) {
    if (!begun) {
      sinceNanos = nowNanos;
    }
  }

  private void end(@Nullable Throwable thrown) {
    Runnable next;
    synchronized (this) {
      failure = thrown;
      endedNanos = time.nanoTime();
      done = true;
      thread = null;
      next = afterwards;
    }
    // The interrupt was for this reading, not for the next one on this thread.
    Thread.interrupted();
    next.run();
  }

  /** Has something done as soon as the call has returned, at once where it has. */
  void afterwards(Runnable action) {
    synchronized (this) {
      if (!done) {
        afterwards = action;
        return;
      }
    }
    action.run();
  }

  /** Gives it up: what it still reads is dropped, and it is interrupted. */
  synchronized void abandon() {
    abandoned = true;
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** Whether the call has returned. What it added can be read from then on. */
  synchronized boolean isDone() {
    return done;
  }

  synchronized Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  synchronized double millis() {
    return (endedNanos - sinceNanos) / 1e6;
  }

  /** Whether it held up nobody. */
  synchronized boolean isQuick() {
    return endedNanos - sinceNanos < Turn.PATIENCE_NANOS;
  }

  SampleBuffer samples() {
    return samples;
  }

  /** When the source was called, or a thread was given to do so. */
  synchronized long sinceNanos() {
    return sinceNanos;
  }

  /** Whether the source has been called. */
  synchronized boolean isBegun() {
    return begun;
  }
}
