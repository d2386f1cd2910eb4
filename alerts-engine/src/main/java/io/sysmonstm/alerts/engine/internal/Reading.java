package io.sysmonstm.alerts.engine.internal;

/**
 * What an alert begins, goes on or ends with.
 *
 * @param value what the rule compared: a sample, a forecast, a difference, or seconds of silence
 * @param atMillis when the sample was taken
 * @param current the sample itself
 * @param etaMillis from then until the threshold is crossed; NaN where that is not known
 */
record Reading(double value, long atMillis, double current, double etaMillis) {
  /** Of a rule that compares what was read itself. */
  static Reading of(double value, long atMillis) {
    return new Reading(value, atMillis, value, Double.NaN);
  }
}
