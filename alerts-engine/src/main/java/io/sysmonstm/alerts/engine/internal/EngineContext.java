package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;

/**
 * What the parts of an engine share.
 *
 * @param store keeps the alerts
 * @param engine the name of this engine among those on the store, another one after each start
 * @param silences of what nobody is told
 * @param delivery how people are told
 * @param time the clocks
 * @param metrics where they count
 */
public record EngineContext(
    AlertStore store,
    String engine,
    SilenceBook silences,
    Delivery delivery,
    TimeSource time,
    SelfMetrics metrics) {}
