package io.sysmonstm.api;

/**
 * The points of one series. Whoever gets it owns the arrays.
 *
 * @param machineId the machine
 * @param metric the metric's name
 * @param labels the labels
 * @param timesMillis the time of each point in milliseconds of Unix time, rising; of a bucket, its
 *     begin
 * @param values the value of each point, as many as times; a gap is a missing point
 */
@SuppressWarnings("ArrayRecordComponent") // points by the thousand; never compared or used as a key
public record HistorySeries(
    String machineId, String metric, Labels labels, long[] timesMillis, double[] values) {}
