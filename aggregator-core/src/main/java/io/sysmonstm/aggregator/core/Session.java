package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.IngestReply;
import io.sysmonstm.spi.IngestSession;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.spi.Welcome;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One stream. Confined to its thread, but for what says otherwise. */
final class Session implements IngestSession {
  // Guarded by the lock of the queue.
  boolean paused;
  // Guarded by the acknowledger's lock.
  final Acknowledger.Grouped grouped;

  private final Intake intake;
  private final Machine machine;
  private final UUID epoch;
  private final Welcome welcome;
  private final IngestReply reply;
  private final Optional<UUID> instance;
  private EpochLog log;
  private final long clockOffsetMillis;
  private volatile boolean closed;
  private volatile @Nullable RequestException over;

  Session(
      Intake intake, EpochLog log, Welcome welcome, IngestReply reply, Optional<UUID> instance) {
    this.intake = intake;
    this.machine = log.machine();
    this.epoch = log.epoch();
    this.welcome = welcome;
    this.reply = reply;
    this.log = log;
    this.instance = instance;
    this.clockOffsetMillis = instance.isPresent() ? machine.clockOffsetMillis() : 0;
    this.grouped = new Acknowledger.Grouped(log);
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
    return machine.nextSeq();
  }

  @Override
  public Declared declare(String metric, Labels labels) {
    if (Names.metricProblem(metric).isPresent()) {
      return refused(Rejection.Reason.BAD_NAME);
    }
    if (Names.labelsProblem(labels.asMap()).isPresent()) {
      return refused(Rejection.Reason.BAD_LABEL);
    }
    var series = intake.series().intern(machine.id(), metric, labels);
    return series.isPresent()
        ? new Accepted(series.get())
        : refused(Rejection.Reason.TOO_MANY_SERIES);
  }

  private Refused refused(Rejection.Reason reason) {
    intake.counters().refusedSeries(reason);
    return new Refused(reason);
  }

  @Override
  public boolean offer(Batch batch, List<Rejection> rejected) {
    if (!batch.machineId().equals(machine.id())) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "batch of machine '%s' on the stream of '%s': expected one machine per stream"
              .formatted(Names.shown(batch.machineId()), machine.id()));
    }
    if (batch.size() > welcome.maxBatchSamples()) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "batch %d of machine '%s' with %d samples: expected at most %d"
              .formatted(batch.seq(), machine.id(), batch.size(), welcome.maxBatchSamples()));
    }
    if (over != null) {
      throw over;
    }
    if (closed) {
      return false;
    }
    return intake.take(this, batch, rejected);
  }

  /**
   * {@return the log of an epoch, the last one at hand} To be called holding the machine's lock.
   */
  EpochLog log(UUID of) {
    if (!log.epoch().equals(of)) {
      log = machine.log(of);
    }
    return log;
  }

  Machine machine() {
    return machine;
  }

  String machineId() {
    return machine.id();
  }

  IngestReply reply() {
    return reply;
  }

  /** {@return how far its collector's clock is ahead, 0 where that is tolerable} */
  long clockOffsetMillis() {
    return clockOffsetMillis;
  }

  /** {@return whether it is of the same process as another} */
  boolean isSameProcess(Session other) {
    return instance.equals(other.instance);
  }

  /** Takes nothing more; every offer fails with this. Thread-safe. */
  void over(RequestException why) {
    over = why;
  }

  /** {@return whether nobody listens any more} Thread-safe. */
  boolean isClosed() {
    return closed || over != null;
  }

  @Override
  public void flush() {
    intake.flush();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      intake.closed(this);
    }
  }
}
