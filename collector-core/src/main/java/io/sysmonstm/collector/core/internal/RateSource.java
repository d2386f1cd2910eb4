package io.sysmonstm.collector.core.internal;

import io.sysmonstm.spi.MetricSource;

/**
 * A source that tells rates, and so tells most only from its second reading on: it is read again a
 * second after the first time, so that nobody has to wait an interval, or three, for them.
 */
public interface RateSource extends MetricSource {}
