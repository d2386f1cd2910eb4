package io.sysmonstm.load;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Counts what simulated machines sent and what came back. Thread-safe. */
public final class Ledger {
  private static final int DIGITS = 3;

  private final LongAdder batches = new LongAdder();
  private final LongAdder resent = new LongAdder();
  private final LongAdder durable = new LongAdder();
  private final LongAdder duplicates = new LongAdder();
  private final LongAdder volatiles = new LongAdder();
  private final LongAdder rejected = new LongAdder();
  private final LongAdder streams = new LongAdder();
  private final Recorder ackNanos = new Recorder(TimeUnit.MINUTES.toNanos(10), DIGITS);

  /** Begins with nothing counted. */
  public Ledger() {}

  void made() {
    batches.increment();
  }

  void resent() {
    resent.increment();
  }

  void opened() {
    streams.increment();
  }

  void durable(long nanos) {
    durable.increment();
    ackNanos.recordValue(Math.clamp(nanos, 1, TimeUnit.MINUTES.toNanos(10)));
  }

  void learnedDurable(long count) {
    durable.add(count);
  }

  void duplicates(long count) {
    duplicates.add(count);
  }

  void volatileAck() {
    volatiles.increment();
  }

  void rejected(long samples) {
    rejected.add(samples);
  }

  /** Returns how many batches, or windows of single metrics, were made. */
  public long batches() {
    return batches.sum();
  }

  /** Returns how many batches were sent again. */
  public long resentBatches() {
    return resent.sum();
  }

  /**
   * Returns how many batches were acknowledged as durable that were so before, and were sent once
   * more for that: duplicates that have arrived for certain.
   */
  public long duplicates() {
    return duplicates.sum();
  }

  /** Returns how many are known to be durable, by an acknowledgement or a welcome. */
  public long durableBatches() {
    return durable.sum();
  }

  /** Returns how many acknowledgements said that history is away. */
  public long volatileAcks() {
    return volatiles.sum();
  }

  /** Returns how many samples were refused. */
  public long rejectedSamples() {
    return rejected.sum();
  }

  /** Returns how many streams were opened. */
  public long streams() {
    return streams.sum();
  }

  /** Returns the times from the making to the durable acknowledgement since the last call. */
  public AckTimes ackTimes() {
    return new AckTimes(ackNanos.getIntervalHistogram());
  }

  /** Times to a durable acknowledgement. Immutable as long as nobody else has the histogram. */
  public static final class AckTimes {
    private final Histogram nanos;

    private AckTimes(Histogram nanos) {
      this.nanos = nanos;
    }

    /** Returns how many there were. */
    public long count() {
      return nanos.getTotalCount();
    }

    /** Returns a percentile, 0 to 100. */
    public Duration percentile(double percentile) {
      return Duration.ofNanos(nanos.getValueAtPercentile(percentile));
    }

    /** Returns the longest. */
    public Duration longest() {
      return Duration.ofNanos(nanos.getMaxValue());
    }
  }
}
