/**
 * The collector, to be embedded or run by a host. Start at {@link
 * io.sysmonstm.collector.core.Collector#builder}.
 */
package io.sysmonstm.collector.core;
