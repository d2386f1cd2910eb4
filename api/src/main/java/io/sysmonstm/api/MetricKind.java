package io.sysmonstm.api;

/** How the values of a metric relate in time. */
public enum MetricKind {
  /** A value of the moment, or a rate over the last interval; kept in history. */
  GAUGE,
  /**
   * A total that only grows until it is reset; kept in current state and exposition, not in
   * history.
   */
  COUNTER
}
