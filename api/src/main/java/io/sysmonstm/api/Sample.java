package io.sysmonstm.api;

import java.time.Instant;

/**
 * A value of a series of a machine that the context names. Immutable.
 *
 * @param metric the metric's name
 * @param labels the labels of the series
 * @param observedAt when it was collected
 * @param value in the metric's unit; finite
 */
public record Sample(String metric, Labels labels, Instant observedAt, double value) {}
