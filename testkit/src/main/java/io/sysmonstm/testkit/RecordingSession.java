package io.sysmonstm.testkit;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.IngestReply;
import io.sysmonstm.spi.IngestSession;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.spi.Welcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One stream as {@link RecordingIngest} saw it. Thread-safe for the test that reads it; fails a
 * transport that calls it from two threads at a time or after it was closed.
 */
public final class RecordingSession implements IngestSession {
  private final RecordingIngest ingest;
  private final SeriesRegistry registry;
  private final String machineId;
  private final UUID epoch;
  private final Resource resource;
  private final Welcome welcome;
  private final IngestReply reply;
  private final List<Batch> batches = Collections.synchronizedList(new ArrayList<>());
  private final List<Rejection> rejected = new CopyOnWriteArrayList<>();
  private final AtomicInteger declarations = new AtomicInteger();
  private final AtomicInteger flushes = new AtomicInteger();
  private final AtomicLong seq = new AtomicLong();
  private final AtomicBoolean inside = new AtomicBoolean();
  private final AtomicBoolean paused = new AtomicBoolean();
  private final AtomicInteger violations = new AtomicInteger();
  private volatile boolean fenced;
  private volatile boolean closed;

  RecordingSession(
      RecordingIngest ingest,
      SeriesRegistry registry,
      String machineId,
      UUID epoch,
      Resource resource,
      Welcome welcome,
      IngestReply reply) {
    this.ingest = ingest;
    this.registry = registry;
    this.machineId = machineId;
    this.epoch = epoch;
    this.resource = resource;
    this.welcome = welcome;
    this.reply = reply;
  }

  /** {@return the machine} */
  public String machineId() {
    return machineId;
  }

  /** {@return what the transport said of the machine} */
  public Resource resource() {
    return resource;
  }

  /** {@return the batches, in the order they came} */
  public List<Batch> batches() {
    synchronized (batches) {
      return List.copyOf(batches);
    }
  }

  /**
   * {@return the first batches, waiting for them}
   *
   * @param count how many at the least
   */
  public List<Batch> awaitBatches(int count) {
    Eventually.until("%d batches of %s".formatted(count, machineId), () -> batches.size() >= count);
    return batches();
  }

  /** {@return what the transport had left out of the batches} */
  public List<Rejection> rejected() {
    return List.copyOf(rejected);
  }

  /** {@return how often a series was declared} */
  public int declarations() {
    return declarations.get();
  }

  /** {@return how often it was told to write at once} */
  public int flushes() {
    return flushes.get();
  }

  /** {@return whether it was closed} */
  public boolean closed() {
    return closed;
  }

  /**
   * {@return how often it was called by two threads at a time or after it was closed; 0 for a good
   * transport}
   */
  public int violations() {
    return violations.get();
  }

  /** Refuses further batches, as if a newer instance of the machine had come. */
  public void fence() {
    fenced = true;
  }

  /**
   * Ends the stream, as an aggregator does without waiting for the next batch.
   *
   * @param why what the stream ends with
   */
  public void end(RequestException why) {
    reply.end(why);
  }

  /**
   * Sends an acknowledgement.
   *
   * @param ack which batches, and how
   */
  public void acknowledge(Ack ack) {
    reply.acknowledge(ack);
  }

  /**
   * Sends an acknowledgement of one batch of the session's epoch.
   *
   * @param durability how
   * @param number the batch
   * @param refused samples of it that were refused
   */
  public void acknowledge(Ack.Durability durability, long number, Rejection... refused) {
    acknowledge(
        new Ack(
            epoch,
            List.of(new SeqRange(number, number)),
            durability,
            List.of(refused),
            Duration.ZERO));
  }

  void resume() {
    if (paused.compareAndSet(true, false)) {
      reply.resume();
    }
  }

  @Override
  public Welcome welcome() {
    return welcome;
  }

  @Override
  public UUID epoch() {
    return epoch;
  }

  @Override
  public long nextSeq() {
    return seq.incrementAndGet();
  }

  @Override
  public Declared declare(String metric, Labels labels) {
    declarations.incrementAndGet();
    if (Names.metricProblem(metric).isPresent()) {
      return new Refused(Rejection.Reason.BAD_NAME);
    }
    if (Names.labelsProblem(labels.asMap()).isPresent()) {
      return new Refused(Rejection.Reason.BAD_LABEL);
    }
    return registry
        .intern(machineId, metric, labels)
        .<Declared>map(Accepted::new)
        .orElseGet(() -> new Refused(Rejection.Reason.TOO_MANY_SERIES));
  }

  @Override
  public boolean offer(Batch batch, List<Rejection> leftOut) {
    if (closed || !inside.compareAndSet(false, true)) {
      violations.incrementAndGet();
      throw new IllegalStateException(
          "a session is called by one thread at a time, before its close");
    }
    try {
      return take(batch, leftOut);
    } finally {
      inside.set(false);
    }
  }

  private boolean take(Batch batch, List<Rejection> leftOut) {
    if (fenced) {
      throw new RequestException(
          ErrorCode.FAILED_PRECONDITION, "a newer instance of " + machineId + " has taken over");
    }
    boolean accepting = ingest.accepting();
    paused.set(!accepting);
    rejected.addAll(leftOut);
    batches.add(batch);
    switch (ingest.acking()) {
      case DURABLE -> answer(batch, leftOut, Ack.Durability.DURABLE);
      case VOLATILE -> answer(batch, leftOut, Ack.Durability.VOLATILE);
      case BY_TEST -> {}
    }
    return accepting;
  }

  private void answer(Batch batch, List<Rejection> leftOut, Ack.Durability durability) {
    var refused = new ArrayList<>(leftOut);
    for (int i = 0; i < batch.size(); i++) {
      if (!batch.series(i).accepts(batch.value(i))) {
        var reason =
            Double.isFinite(batch.value(i))
                ? Rejection.Reason.OUT_OF_RANGE
                : Rejection.Reason.NOT_FINITE;
        refused.add(new Rejection(batch.seq(), batch.series(i).metric().name(), reason, 1));
      }
    }
    reply.acknowledge(
        new Ack(
            batch.epoch(),
            List.of(new SeqRange(batch.seq(), batch.seq())),
            durability,
            refused,
            Duration.ZERO));
  }

  @Override
  public void flush() {
    flushes.incrementAndGet();
  }

  @Override
  public void close() {
    if (inside.get()) {
      violations.incrementAndGet();
    }
    closed = true;
  }
}
