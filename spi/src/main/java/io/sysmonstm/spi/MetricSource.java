package io.sysmonstm.spi;

import java.time.Duration;

/**
 * Reads some metrics of the machine it runs on. The collector calls {@link #collect} from one
 * thread at a time, never overlapping, on the source's own schedule; a call that outlives the
 * {@link #deadline} is abandoned: its samples are dropped and counted, it is interrupted, and it is
 * not called again before it has returned. It delays other sources by a fraction of a second at the
 * most, when it first takes long.
 */
public interface MetricSource extends AutoCloseable {
  /** {@return a short name, as in the label {@code source} of the collector's own metrics} */
  String name();

  /**
   * {@return how often it wants to be read; the collector rounds up to a whole number of its own
   * intervals}
   *
   * @param collectionInterval the collector's interval
   */
  default Duration interval(Duration collectionInterval) {
    return collectionInterval;
  }

  /** {@return how long one reading may take, 2 s unless overridden} */
  default Duration deadline() {
    return Duration.ofSeconds(2);
  }

  /**
   * Reads the metrics. May block. No reading is no sample: it adds nothing in place of a value it
   * cannot read.
   *
   * @param sink takes the samples; valid only during the call
   * @throws Exception where nothing could be read; counted and logged by the collector, and tried
   *     again next time
   */
  void collect(SampleSink sink) throws Exception;

  /** Lets go of what it holds; called once, after the last reading. */
  @Override
  default void close() {}
}
