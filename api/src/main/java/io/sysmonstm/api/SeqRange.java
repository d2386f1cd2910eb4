package io.sysmonstm.api;

/**
 * A run of sequence numbers, both ends included. Immutable.
 *
 * @param first the first, 1 or more
 * @param last the last, not less than first
 */
public record SeqRange(long first, long last) {
  /** Checks the ends. */
  public SeqRange {
    if (first < 1 || last < first) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "sequence range %d-%d: expected 1 <= first <= last".formatted(first, last));
    }
  }

  /**
   * {@return whether a number lies in the run}
   *
   * @param seq a sequence number
   */
  public boolean contains(long seq) {
    return first <= seq && seq <= last;
  }
}
