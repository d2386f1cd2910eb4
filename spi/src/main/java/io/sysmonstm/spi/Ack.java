package io.sysmonstm.spi;

import io.sysmonstm.api.SeqRange;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * What became of batches. Immutable.
 *
 * @param epoch the numbering
 * @param ranges which batches
 * @param durability what was done with them
 * @param rejected samples of them that were refused
 * @param retryAfter slow down and send these again no earlier; zero where there is no need
 */
public record Ack(
    UUID epoch,
    List<SeqRange> ranges,
    Durability durability,
    List<Rejection> rejected,
    Duration retryAfter) {
  /** What was done with a batch. */
  public enum Durability {
    /** History has committed it: forget it. */
    DURABLE,
    /** Shown and alerted on, but history is unavailable: keep it. */
    VOLATILE
  }

  /** Copies the lists. */
  public Ack {
    ranges = List.copyOf(ranges);
    rejected = List.copyOf(rejected);
  }
}
