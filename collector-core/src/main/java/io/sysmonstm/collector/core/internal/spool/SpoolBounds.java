package io.sysmonstm.collector.core.internal.spool;

import java.time.Duration;

/**
 * How much a spool keeps on disk.
 *
 * @param maxBytes the size of all segments together
 * @param maxAge the age of the newest record of a segment, by the wall clock
 */
public record SpoolBounds(long maxBytes, Duration maxAge) {}
