package io.sysmonstm.testkit;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.Welcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Writes down what a sender tells of its stream, and waits for it. Thread-safe. */
public final class RecordingListener implements MetricSender.Listener {
  private final List<Welcome> welcomes = new CopyOnWriteArrayList<>();
  private final List<Ack> acks = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger readies = new AtomicInteger();
  private final AtomicInteger ends = new AtomicInteger();
  private volatile @Nullable SysmonstmException cause;

  /** Creates a listener that was told nothing. */
  public RecordingListener() {}

  @Override
  public void welcomed(Welcome welcome) {
    welcomes.add(welcome);
  }

  @Override
  public void ready() {
    readies.incrementAndGet();
  }

  @Override
  public void acknowledged(Ack ack) {
    acks.add(ack);
  }

  @Override
  public void ended(@Nullable SysmonstmException why) {
    cause = why;
    ends.incrementAndGet();
  }

  /** {@return the welcome, waiting for it} */
  public Welcome awaitWelcome() {
    Eventually.until("a welcome, or the end", () -> !welcomes.isEmpty() || ends.get() > 0);
    if (welcomes.isEmpty()) {
      throw new AssertionError("ended without a welcome", cause);
    }
    return welcomes.getFirst();
  }

  /**
   * {@return the first acknowledgements, waiting for them}
   *
   * @param count how many at the least
   */
  public List<Ack> awaitAcks(int count) {
    Eventually.until(count + " acknowledgements", () -> acks.size() >= count);
    synchronized (acks) {
      return List.copyOf(acks);
    }
  }

  /** Waits until the stream is ready again. */
  public void awaitReady() {
    Eventually.until("ready", () -> readies.get() > 0);
  }

  /**
   * {@return the code that the stream ended with, waiting for its end; empty where it ended well}
   */
  public Optional<ErrorCode> awaitEnd() {
    Eventually.until("the end", () -> ends.get() > 0);
    return Optional.ofNullable(cause).map(SysmonstmException::code);
  }

  /** {@return what the stream ended with; empty where it has not ended, or ended well} */
  public Optional<SysmonstmException> cause() {
    return Optional.ofNullable(cause);
  }

  /** {@return how often it was told of a welcome} */
  public int welcomes() {
    return welcomes.size();
  }

  /** {@return how often it was told of an end} */
  public int ends() {
    return ends.get();
  }
}
