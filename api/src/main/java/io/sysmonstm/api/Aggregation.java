package io.sysmonstm.api;

/** How the samples of a bucket become one point. */
public enum Aggregation {
  /** The mean. */
  AVG,
  /** The least. */
  MIN,
  /** The greatest. */
  MAX,
  /** The newest. */
  LAST
}
