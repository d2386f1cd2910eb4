package io.sysmonstm.spi;

/**
 * Samples that were refused, their neighbours being taken. Immutable.
 *
 * @param seq the batch they came in
 * @param metric the metric's name
 * @param reason why
 * @param count how many, 1 or more
 */
public record Rejection(long seq, String metric, Reason reason, int count) {
  /** Why a sample is refused; the names are the ones on the wire. */
  public enum Reason {
    /** Not a number, or infinite. */
    NOT_FINITE,
    /** Outside the range of its metric. */
    OUT_OF_RANGE,
    /** Older than history keeps. */
    TOO_OLD,
    /** Too far in the future. */
    FUTURE,
    /** The metric has no valid name, or the enum number is not known. */
    BAD_NAME,
    /** A label is not valid, or there are too many. */
    BAD_LABEL,
    /** The machine, or all together, have too many series. */
    TOO_MANY_SERIES,
    /** The series was not declared on this stream. */
    UNKNOWN_SERIES
  }
}
