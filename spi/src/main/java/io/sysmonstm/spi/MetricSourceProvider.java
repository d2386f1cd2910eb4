package io.sysmonstm.spi;

import java.util.List;

/**
 * Makes the sources of one type; several, where parts need schedules and deadlines of their own.
 */
public interface MetricSourceProvider extends Provider<List<MetricSource>> {}
