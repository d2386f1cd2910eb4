package io.sysmonstm.store.timescale;

import java.time.Duration;

/**
 * How long history is kept.
 *
 * @param raw samples one by one
 * @param minutes rollups of one minute
 * @param hours rollups of one hour
 */
record Retention(Duration raw, Duration minutes, Duration hours) {}
