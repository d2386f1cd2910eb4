package io.sysmonstm.alerts.engine.internal;

/**
 * How much the engine keeps in memory at the most. What is beyond is not evaluated, and counted.
 *
 * @param machines the most machines
 * @param series the greatest index of a series, plus one
 * @param cells the most pairs of a rule and a series that it applies to
 */
public record Bounds(int machines, int series, int cells) {}
